#!/usr/bin/env python3
"""What shared_audio.py says of audio of which it is known whether it is shared: stretches of 4 s, by the corpus.

usage: shared_audio_controls.py --corpus CORPUS.csv [--stretches 2000] [--seed 1] > CONTROLS.json

Not shared: of random recordings and places: two packages; one package (one game's music, one artist's), where nobody
        vouches that nothing is shared. Made: the same three hits in two orders, over other music 6 dB below; the same
        chords with the same wave form, each oscillator at its own phase.
Shared: an excerpt and what a codec leaves of it; and the same with other music mixed in at its level, in one or in both.

For each: how many stretches are judged shared; of all their seconds (one begins every sixteenth) how many correlate throughout, and
the 0.9999 quantile of what a second's weakest quarter reaches.
"""
import argparse, csv, json, subprocess, sys
import numpy as np
import shared_audio as sa

SR, SECONDS, KEPT = sa.SR, 4, 60
N, REACH = SECONDS * SR, int(sa.REACH * SR)
MARGIN = SR // 2        # what filters and codecs may shift or eat
# a made control is asked so many times less often than a random one
FEWER = 10


def excerpts(rows):
    """up to a minute from the middle of each recording, as 16-bit integers: the whole corpus at once"""
    found = []
    for r in rows:
        begin = max(0, (float(r['duration']) - KEPT) / 2)
        x = sa.decode(r['path'], ['-ss', '%.3f' % begin, '-t', str(KEPT)])
        if len(x) > N + 4 * MARGIN:
            found.append((r['package'], (np.clip(x, -1, 1) * 32767).astype(np.int16)))
    return found


def rms(x):
    return float(np.sqrt(np.mean(np.square(x, dtype=np.float64)))) + 1e-9


class Source:
    def __init__(self, rows, seed):
        self.all = excerpts(rows)
        self.rng = np.random.default_rng(seed)
        self.packages = {}
        for i, (package, _) in enumerate(self.all):
            self.packages.setdefault(package, []).append(i)

    def draw(self, n, among=None):
        """(which recording, n samples of it that are to be heard)"""
        while True:
            i = int(self.rng.choice(len(self.all) if among is None else among))
            x = self.all[i][1]
            at = int(self.rng.integers(0, len(x) - n))
            y = x[at:at + n].astype(np.float32) / 32767
            if rms(y) > 10 ** (-45 / 20):
                return i, y

    def two(self, same_package):
        while True:
            i, x = self.draw(N)
            package = self.all[i][0]
            others = [j for j in self.packages[package] if j != i] if same_package else None
            if others == []:
                continue
            j, y = self.draw(N + 2 * REACH, others)
            if same_package or self.all[j][0] != package:
                return x, y

    def level(self, n):
        y = self.draw(n)[1]
        return y / rms(y)

    def drums(self):
        """a hit every eighth of a second or none, of the same three, in two orders"""
        step, length = SR // 8, SR // 5
        hits = [self.level(length) * np.exp(-np.arange(length) / SR * 20) for _ in range(3)]
        x, y = np.zeros(N + 2 * REACH + length), np.zeros(N + 2 * REACH + length)
        for track in (x, y):
            for at in range(REACH, REACH + N, step):
                k = int(self.rng.integers(0, 4))
                if k < 3:
                    track[at:at + length] += hits[k] * 2
        x, y = [t[:N + 2 * REACH] + self.level(N + 2 * REACH) * rms(t) / 2 for t in (x, y)]
        return x[REACH:REACH + N], y

    def chords(self):
        """four chords of three saw-tooth notes, a second each"""
        n = N + 2 * REACH
        t = np.arange(n) / SR
        chord = np.minimum(3, np.maximum(0, (t * SR - REACH) // SR)).astype(int)
        notes = 110 * 2 ** (self.rng.integers(0, 36, (4, 3)) / 12)
        made = []
        for _ in range(2):
            phases = self.rng.random((4, 3))
            turns = [notes[chord, k] * t + phases[chord, k] for k in range(3)]
            made.append(sum(u - np.floor(u) - 0.5 for u in turns))
        return made[0][REACH:REACH + N], made[1]

    def shared(self, change):
        """two recordings made of the same excerpt by `change`, which gets it and two others"""
        n = N + 2 * MARGIN
        x, y = change(self.level(n), self.level(n), self.level(n))
        y = sa.cut(y, 0, n)
        return x[MARGIN:MARGIN + N], y[MARGIN - REACH:MARGIN + N + REACH]


def codec(x, arguments):
    pcm = ['-f', 'f32le', '-ar', str(SR), '-ac', '1']
    run = lambda to, data: subprocess.run(['ffmpeg', '-v', 'error', *to], input=data, capture_output=True, check=True).stdout
    coded = run([*pcm, '-i', 'pipe:0', *arguments, '-f', 'ogg', 'pipe:1'], (x / 8).astype('<f4').tobytes())
    return np.frombuffer(run(['-i', 'pipe:0', *pcm, 'pipe:1'], coded), '<f4') * 8


OPUS = lambda rate: ['-c:a', 'libopus', '-b:a', rate]


def control(name, is_shared, pairs):
    weakest, judged = [], 0
    for x, y in pairs:
        evidence, each = sa.judge(np.asarray(x, np.float32), np.asarray(y, np.float32))
        judged += evidence['is_shared']
        weakest.append(sa.weakest(each))
    stretches, weakest = len(weakest), np.concatenate(weakest)
    print(name, stretches, judged, file=sys.stderr, flush=True)
    return dict(name=name, is_shared=is_shared, stretches=stretches, judged_shared=judged, seconds=len(weakest),
                seconds_throughout=int(np.sum(weakest >= sa.LIMIT)), weakest=float(np.quantile(weakest, 0.9999)))


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--corpus', required=True)
    p.add_argument('--stretches', type=int, default=2000)
    p.add_argument('--seed', type=int, default=1)
    a = p.parse_args()
    s = Source(list(csv.DictReader(open(a.corpus))), a.seed)
    few = -(-a.stretches // FEWER)
    many = lambda count, make: (make() for _ in range(count))
    json.dump([
        control('two packages', False, many(a.stretches, lambda: s.two(False))),
        control('one package, two recordings', False, many(a.stretches, lambda: s.two(True))),
        control('the same hits in another order', False, many(few, s.drums)),
        control('the same chords, other phases', False, many(few, s.chords)),
        control('Opus at 24 kbit/s', True, many(few, lambda: s.shared(lambda a, b, c: (a, codec(a, OPUS('24k')))))),
        control('other music in one', True, many(few, lambda: s.shared(lambda a, b, c: (a, a + b)))),
        control('other music in both', True, many(few, lambda: s.shared(lambda a, b, c: (a + c, a + b)))),
        control('other music in both, Opus at 64 kbit/s', True,
                many(few, lambda: s.shared(lambda a, b, c: (codec(a + c, OPUS('64k')), codec(a + b, OPUS('64k')))))),
    ], sys.stdout)


if __name__ == '__main__':
    main()
