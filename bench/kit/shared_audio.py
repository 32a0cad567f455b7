#!/usr/bin/env python3
"""Whether two recordings hold the same audio where an answer lays them over each other: by their waveforms alone.

usage: shared_audio.py < PAIRS.json > EVIDENCE.json

PAIRS: a list of {path, begin, seconds, reference_path, reference_begin, tempo, pitch_cents}: a stretch of one recording and
where it is said to stand in the other, which then runs `tempo` times as fast and `pitch_cents` higher (seconds of the files).
EVIDENCE: for each {is_shared, seconds, shared_seconds, lag_ms, correlation, elsewhere, why}.

Both become mono at 16 kHz, in eight half octaves from 300 Hz to 4.8 kHz: what hums below counts for nothing, and one loud
tone for no more than an eighth. Correlation is the mean over the bands of their normalised correlations. Shared is a
stretch of which all of this holds:
  - Between the recordings nothing is altered: a stem in both runs at one speed, so tempos 1 % and pitches 30 cents apart
    are not the same samples.
  - At one lag of the whole stretch, within 60 ms of where the answer puts it, they correlate twice as well as at any other
    3 ms away or more. Two takes of one pad or drone do so at many.
  - At that lag every quarter of a second, wherever it begins, correlates by 0.15 for a second on end, and such seconds
    make up half of the stretch. A drum machine's hits are the same here and there, with nothing in common between them.
"""
import functools, json, subprocess, sys
import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

SR = 16000
EDGES = [300 * 2 ** (k / 2) for k in range(9)]
QUARTER = SR // 4
REACH = 0.06            # s, beyond what an inexact tempo moves the ends by
PEAK = 0.003            # s, what still belongs to a lag
LIMIT = 0.15            # of a quarter of a second: in 1 of 10,000 seconds of one package's music the weakest reaches 0.12
HOP = SR // 16          # from a quarter to the next, which overlaps it
IN_SECOND = (SR - QUARTER) // HOP + 1
HALF = 0.5              # of the stretch
STANDS_OUT = 2
MAX_TEMPO = 0.01
MAX_CENTS = 30


@functools.lru_cache(8)
def load(path):
    return decode(path, [])


def decode(path, seek):
    raw = subprocess.run(['ffmpeg', '-nostdin', '-v', 'error', *seek, '-i', path, '-map', 'a:0', '-ac', '1', '-ar', str(SR),
                          '-f', 'f32le', '-'], capture_output=True, check=True).stdout
    return np.frombuffer(raw, '<f4')


def cut(x, begin, n):
    """n samples from a second on, zeros where there are none"""
    a = int(round(begin * SR))
    y = np.zeros(n, np.float32)
    lo, hi = max(0, a), min(len(x), a + n)
    if hi > lo:
        y[lo - a:hi - a] = x[lo:hi]
    return y


def correlate(x, y):
    """x against the longer y: (correlation at each lag, the correlations of x's quarters of a second at a given lag)"""
    n, lags = len(x), len(y) - len(x) + 1
    size = next_fast_len(len(y) + QUARTER, True)
    fx, fy = rfft(x, size), rfft(y, size)
    f = np.fft.rfftfreq(size, 1 / SR)
    curve = np.zeros(lags)
    bands = []
    for lo, hi in zip(EDGES, EDGES[1:]):
        inside = (f >= lo) & (f < hi)
        a, b = irfft(fx * inside, size)[:n], irfft(fy * inside, size)[:len(y)]
        cross = irfft(fy * np.conj(fx) * inside, size)[:lags]
        curve += cross / np.sqrt((a @ a) * sums(b * b, n, 1) + 1e-9)
        bands.append((a, b))

    def quarters(lag):
        pairs = [(a, b[lag:lag + n]) for a, b in bands]
        s = lambda v: sums(v, QUARTER, HOP)
        return np.mean([s(a * b) / np.sqrt(s(a * a) * s(b * b) + 1e-9) for a, b in pairs], axis=0)

    return curve / len(bands), quarters


def sums(v, width, hop):
    """of every `width` neighbours that begin at a multiple of `hop`"""
    total = np.concatenate([[0], np.cumsum(v, dtype=np.float64)])
    return (total[width:] - total[:-width])[::hop]


def weakest(quarters):
    """of every second, wherever it begins: its weakest quarter"""
    return np.lib.stride_tricks.sliding_window_view(quarters, IN_SECOND).min(axis=1)


def shared_seconds(quarters):
    """how long the seconds are, taken together, that correlate throughout"""
    inside = np.zeros(len(quarters) + QUARTER // HOP - 1, bool)
    for k in np.flatnonzero(weakest(quarters) >= LIMIT):
        inside[k:k + SR // HOP] = True
    return int(inside.sum()) * HOP / SR


def judge(x, y):
    """evidence that x, a second or more, is in y, which is longer by the reach at both ends; and x's quarters"""
    curve, quarters = correlate(x, y)
    lag = int(np.argmax(curve))
    beside = int(PEAK * SR)
    others = np.concatenate([curve[:max(0, lag - beside)], curve[lag + beside + 1:], [0]])
    correlation, elsewhere = float(curve[lag]), float(others.max())
    each = quarters(lag)
    seconds, shared = len(x) / SR, shared_seconds(each)
    if correlation < STANDS_OUT * elsewhere:
        why = 'no lag stands out'
    elif shared == 0:
        why = 'no second on end'
    elif shared < HALF * seconds:
        why = 'less than half'
    else:
        why = ''
    return dict(is_shared=why == '', seconds=seconds, shared_seconds=shared, why=why,
                lag_ms=(lag - (len(y) - len(x)) // 2) / SR * 1000, correlation=correlation, elsewhere=elsewhere), each


def compare(pair):
    seconds, tempo = pair['seconds'], pair['tempo']
    n = int(seconds * SR) // HOP * HOP
    why = ''
    if abs(tempo - 1) > MAX_TEMPO or abs(pair['pitch_cents']) > MAX_CENTS:
        why = 'altered'
    elif n < SR:
        why = 'under a second'
    if why:
        return dict(is_shared=False, seconds=seconds, shared_seconds=0, lag_ms=None, correlation=None, elsewhere=None, why=why)
    moved = seconds * (tempo - 1) / 2       # at one speed, they are laid on each other in the middle
    reach = int((REACH + abs(moved)) * SR)
    x = cut(load(pair['path']), pair['begin'], n)
    y = cut(load(pair['reference_path']), pair['reference_begin'] + moved - reach / SR, n + 2 * reach)
    return judge(x, y)[0]


def main():
    pairs = json.load(sys.stdin)
    order = sorted(range(len(pairs)), key=lambda i: (pairs[i]['path'], pairs[i]['reference_path']))
    evidence = {i: compare(pairs[i]) for i in order}
    json.dump([evidence[i] for i in range(len(pairs))], sys.stdout)


if __name__ == '__main__':
    main()
