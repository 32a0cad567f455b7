#!/usr/bin/env python3
"""Make the queries, the manifests and the truth of one split. Deterministic by --seed.

usage: make_queries.py --corpus CORPUS.csv --split open --out DIR [--seed 1] [--n5 50 --n10 100 --n30 50]
                       [--speech DIR_WITH_REAL_VOICES] [--jobs 2] [--only attack,attack] [--no-compilations]

Writes in DIR:
  refs.csv      id,path                      what is registered
  queries.csv   id,path                      what is asked (single queries, then compilations)
  truth.csv     query,attack,length,expected,ref_start,ref_end,speed,pitch,also,also_start,source,variant
  comps.json    per compilation: its segments
  q/            the query files
Needs ffmpeg (with librubberband, libopus, libvorbis, libmp3lame, libgsm), sox, espeak-ng, numpy, scipy, soundfile.
"""
import argparse, csv, io, json, os, subprocess, sys, zlib
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
import numpy as np
import scipy.signal as ss
import soundfile as sf
import subset

SR = 44100
SPEEDS = [0.80, 0.90, 0.95, 0.98, 1.02, 1.05, 1.10, 1.25, 1.35]
TEMPOS = [0.80, 0.90, 0.95, 0.98, 1.02, 1.05, 1.10, 1.25]
PITCHES = [-3, -2, -1, 1, 2, 3]
ATTACKS = (['identity', 'ogg160', 'opus75', 'opus24', 'mp3_64', 'mp3_32', 'aac_64', 'telephone', 'lowpass3k',
            'highpass800', 'eq', 'compressor', 'clip12', 'noise10', 'noise0', 'noise-5', 'speech0', 'mix0',
            'reverb60', 'reverb90', 'phonespk', 'drift', 'nightcore', 'slowedreverb'] +
           ['speed%.2f' % s for s in SPEEDS] + ['tempo%.2f' % s for s in TEMPOS] + ['pitch%+d' % p for p in PITCHES])
ABSENT = {'identity': (50, 100, 50), 'opus24': (0, 40, 0), 'noise0': (0, 40, 0), 'speech0': (0, 40, 0),
          'reverb90': (0, 40, 0), 'telephone': (0, 40, 0), 'lowpass3k': (0, 40, 0), 'speed0.90': (0, 40, 0),
          'speed1.10': (0, 40, 0), 'phonespk': (0, 40, 0)}

EXT = dict(nightcore='ogg', ogg160='ogg', opus75='opus', opus24='opus', mp3_64='mp3', mp3_32='mp3', aac_64='m4a')
A = None          # arguments, set in every worker
BANK = None       # speech bank


def sh(cmd, data=None):
    r = subprocess.run(cmd, input=data, stdin=None if data is not None else subprocess.DEVNULL, capture_output=True)
    if r.returncode != 0:
        raise RuntimeError(' '.join(map(str, cmd)) + '\n' + r.stderr.decode('utf8', 'replace')[-800:])
    return r.stdout


def load(path):
    raw = sh(['ffmpeg', '-nostdin', '-v', 'error', '-i', path, '-map', 'a:0', '-ac', '2', '-ar', str(SR),
              '-f', 'f32le', '-'])
    return np.frombuffer(raw, '<f4').reshape(-1, 2)


def load_part(path, duration, L, rng, tries=12):
    """a random audible excerpt of L seconds without decoding the whole: (start, pcm) or None"""
    for _ in range(tries):
        s = float(np.round(rng.uniform(0, max(0.1, duration - L - 0.5)), 3))
        raw = sh(['ffmpeg', '-nostdin', '-v', 'error', '-ss', '%.3f' % s, '-i', path, '-map', 'a:0', '-t',
                  '%.3f' % (L + 0.1), '-ac', '2', '-ar', str(SR), '-f', 'f32le', '-'])
        x = np.frombuffer(raw, '<f4').reshape(-1, 2)
        if len(x) >= L * SR and audible(x[:int(L * SR)]):
            return s, x
    return None


def ff(x, args, rate=SR, ch=None, out='f32le'):
    """PCM through ffmpeg filters/codecs given as args; returns raw bytes or float array"""
    ch = ch or x.shape[1]
    b = sh(['ffmpeg', '-v', 'error', '-f', 'f32le', '-ar', str(rate), '-ac', str(ch), '-i', 'pipe:0'] + args +
           ['-f', out, 'pipe:1'], np.ascontiguousarray(x, dtype='<f4').tobytes())
    return np.frombuffer(b, '<f4').reshape(-1, ch) if out == 'f32le' else b


def ffile(x, args, path):
    sh(['ffmpeg', '-y', '-v', 'error', '-f', 'f32le', '-ar', str(SR), '-ac', str(x.shape[1]), '-i', 'pipe:0'] + args +
       [path], np.ascontiguousarray(x, dtype='<f4').tobytes())


def roundtrip(x, enc, fmt, n):
    """encode in memory and decode again, same length"""
    b = ff(x, enc, out=fmt)
    raw = sh(['ffmpeg', '-v', 'error', '-i', 'pipe:0', '-ac', str(x.shape[1]), '-ar', str(SR), '-f', 'f32le', '-'], b)
    y = np.frombuffer(raw, '<f4').reshape(-1, x.shape[1])
    return fit(y, n)


def sox(x, effects):
    b = sh(['sox', '-t', 'f32', '-r', str(SR), '-c', '2', '-', '-t', 'f32', '-'] + effects,
           np.ascontiguousarray(x * 0.5, dtype='<f4').tobytes())
    return np.frombuffer(b, '<f4').reshape(-1, 2) * 2


def fit(x, n):
    if len(x) >= n:
        return x[:n]
    return np.concatenate([x, np.zeros((n - len(x), x.shape[1]), x.dtype)])


def rms(x):
    return float(np.sqrt(np.mean(np.square(x, dtype=np.float64))) + 1e-12)


def speed(x, s):
    f = Fraction(s).limit_denominator(2000)
    return ss.resample_poly(x, f.denominator, f.numerator, axis=0).astype(np.float32)


def biquad_peak(f0, gain, q=1.0):
    a = 10 ** (gain / 40)
    w = 2 * np.pi * f0 / SR
    al = np.sin(w) / (2 * q)
    b = [1 + al * a, -2 * np.cos(w), 1 - al * a]
    c = [1 + al / a, -2 * np.cos(w), 1 - al / a]
    return np.array(b + c) / c[0]


def butter(x, kind, f, order=4):
    return ss.sosfilt(ss.butter(order, f, kind, fs=SR, output='sos'), x, axis=0).astype(np.float32)


def speech(rng, n, kind):
    """real voices of the corpus or espeak, looped to n samples, unit rms"""
    b = BANK[kind]
    o = int(rng.integers(0, max(1, len(b) - n)))
    y = np.resize(b[o:o + n], n)
    return (y / rms(y)).astype(np.float32)


def need(attack):
    """how many reference seconds a query second takes"""
    if attack.startswith('speed') or attack.startswith('tempo'):
        return float(attack[5:])
    return {'nightcore': 1.3, 'slowedreverb': 0.85, 'drift': 1.003}.get(attack, 1.0)


def norm(x, peak=0.98):
    m = float(np.abs(x).max())
    return x * (peak / m) if m > peak else x


def pick_variant(attack, rng):
    """which tool, codec or voice: drawn before the excerpt is made"""
    u = rng.random()
    if attack.startswith('tempo'):
        return 'rubberband' if u < 0.5 else 'atempo'
    if attack == 'telephone':
        return 'gsm' if u < 0.5 else 'mulaw'
    if attack == 'speech0':
        return 'real' if u < 0.5 and BANK['real'] is not None else 'espeak'
    return ''


def apply(attack, x, rng, other, L, pre, variant):
    """x: the reference excerpt with `pre` seconds before it; returns (pcm, file ext, encoder args)"""
    n = int(round(L * SR))
    p = int(round(pre * SR))
    flac = ('flac', None)
    if attack in ('reverb60', 'reverb90'):
        return (norm(fit(sox(x, ['reverb', attack[6:]])[p:], n)),) + flac
    if attack == 'slowedreverb':
        y = sox(speed(x, 0.85), ['reverb', '70'])
        return (norm(fit(y[int(p / 0.85):], n)),) + flac
    if attack == 'phonespk':
        y = butter(butter(norm(x * (0.9 / max(1e-6, np.abs(x).max()))), 'highpass', 400, 2), 'lowpass', 4500, 2)
        y = np.tanh(y * 4) / 1.2
        y = sox(y, ['reverb', '45', '50', '40'])
        y = fit(y[p:], n)
        m = y.mean(1)
        w = rng.standard_normal(n).astype(np.float32)
        w = np.cumsum(w) * 0.02 + w                     # a reddish room noise
        w = butter(w[:, None], 'highpass', 80, 2)[:, 0]
        m = m + w / rms(w) * rms(m) * 10 ** (-15 / 20)
        m = np.clip(m / np.abs(m).max() * 1.8, -1, 1)
        return (np.stack([m, m], 1),) + flac
    x = x[p:]
    if attack.startswith('speed'):
        return (norm(fit(speed(x, need(attack)), n)),) + flac
    if attack == 'nightcore':
        return norm(fit(speed(x, 1.3), n)), 'ogg', ['-c:a', 'libvorbis', '-b:a', '128k']
    if attack == 'drift':
        return (norm(fit(speed(x, Fraction(1003, 1000)), n)),) + flac
    if attack.startswith('tempo'):
        s = need(attack)
        tool = variant
        f = ('rubberband=tempo=%.3f' if tool == 'rubberband' else 'atempo=%.3f') % s
        return (norm(fit(ff(x, ['-af', f]), n)),) + flac
    if attack.startswith('pitch'):
        f = 'rubberband=pitch=%.6f' % (2 ** (int(attack[5:]) / 12))
        return (norm(fit(ff(x, ['-af', f]), n)),) + flac
    x = fit(x, n)
    if attack == 'identity':
        return (x,) + flac
    if attack == 'ogg160':
        return x, 'ogg', ['-c:a', 'libvorbis', '-b:a', '160k']
    if attack == 'opus75':
        return x, 'opus', ['-c:a', 'libopus', '-b:a', '75k']
    if attack == 'opus24':
        return x, 'opus', ['-c:a', 'libopus', '-b:a', '24k']
    if attack == 'mp3_64':
        return x, 'mp3', ['-c:a', 'libmp3lame', '-b:a', '64k']
    if attack == 'mp3_32':
        return x, 'mp3', ['-c:a', 'libmp3lame', '-ac', '1', '-ar', '22050', '-b:a', '32k']
    if attack == 'aac_64':
        return x, 'm4a', ['-c:a', 'aac', '-b:a', '64k']
    if attack == 'telephone':
        y = butter(butter(x.mean(1, keepdims=True), 'highpass', 300), 'lowpass', 3400)
        y = y * (0.5 / max(1e-6, np.abs(y).max()))
        c = variant
        e = (['-ar', '8000', '-c:a', 'libgsm'], 'gsm') if c == 'gsm' else (['-ar', '8000', '-c:a', 'pcm_mulaw'], 'wav')
        b = ff(y, e[0], out=e[1])
        raw = sh(['ffmpeg', '-v', 'error'] + (['-f', 'gsm'] if c == 'gsm' else []) + ['-i', 'pipe:0', '-ar', '8000', '-ac', '1', '-f', 'f32le', '-'], b)
        return np.frombuffer(raw, '<f4').reshape(-1, 1)[:int(L * 8000)], 'flac', 8000
    if attack == 'lowpass3k':
        return (butter(x, 'lowpass', 3000, 6),) + flac
    if attack == 'highpass800':
        return (butter(x, 'highpass', 800, 6),) + flac
    if attack == 'eq':
        sos = np.array([biquad_peak(f, g) for f, g in zip([63, 125, 250, 500, 1000, 2000, 4000, 8000],
                                                          rng.uniform(-8, 8, 8))])
        return (norm(ss.sosfilt(sos, x, axis=0).astype(np.float32)),) + flac
    if attack == 'compressor':
        y = x * (0.9 / max(1e-6, np.abs(x).max()))
        y = ff(y, ['-af', 'acompressor=threshold=0.03:ratio=20:attack=2:release=60:makeup=12:knee=2,alimiter=limit=0.9:level=0'])
        return (fit(y, n),) + flac
    if attack == 'clip12':
        y = x * (1 / max(1e-6, np.abs(x).max()))
        return (np.clip(y * 10 ** (12 / 20), -1, 1),) + flac
    if attack.startswith('noise'):
        w = rng.standard_normal((n, 1)).astype(np.float32)
        return (norm(x + w * rms(x) * 10 ** (-float(attack[5:]) / 20)),) + flac
    if attack == 'speech0':
        y = speech(rng, n, variant)
        return (norm(x + y[:, None] * rms(x)),) + flac
    if attack == 'mix0':
        y = fit(other, n)
        return (norm(x + y * (rms(x) / rms(y))),) + flac
    raise ValueError(attack)


def write(path, ext, enc, y):
    y = np.clip(y, -1, 1)
    if ext == 'flac':
        sf.write(path, (y * 32767).astype('<i2'), enc or SR, format='FLAC', subtype='PCM_16')
    else:
        ffile(y, enc, path)


def audible(x):
    """at least 80 % of the half seconds louder than -55 dBFS, and the whole above -48"""
    h = SR // 2
    k = len(x) // h
    w = np.sqrt((x[:k * h].reshape(k, -1) ** 2).mean(1))
    return (w > 10 ** (-55 / 20)).mean() >= 0.8 and rms(x) > 10 ** (-48 / 20)


def pick(x, L, rng, tries=40):
    """a random start (seconds) of an audible excerpt of L seconds"""
    top = len(x) / SR - L - 0.2
    if top <= 0:
        return None
    for _ in range(tries):
        s = float(np.round(rng.uniform(0, top), 3))
        if audible(x[int(s * SR):int((s + L) * SR)]):
            return s
    return None


def job(task):
    """one reference track, all its queries"""
    track, items, tracks = task
    x = load(track['path'])
    rows = []
    for it in items:
        attack, L, k, absent = it['attack'], it['length'], it['k'], it['absent']
        rng = np.random.default_rng([A.seed, zlib.crc32(attack.encode()), int(L * 10), k, int(absent)])
        full = L == 0
        s = need(attack)
        if full:
            L = (len(x) / SR - 0.05) / s
            start = 0.0
        else:
            start = pick(x, L * s, rng)
        name = '%s%s-%s-%03d' % ('absent_' if absent else '', attack, 'full' if full else '%g' % it['length'], k)
        if start is None:
            rows.append(None)
            print('no audible excerpt', name, track['id'], flush=True)
            continue
        variant = pick_variant(attack, rng)
        pre = min(1.5, start)
        # a few samples more than needed, for filters that eat the tail
        seg = x[int(round((start - pre) * SR)):int(round((start + L * s) * SR)) + 4000]
        other, also, also_start = None, '', ''
        if attack == 'mix0':
            o = tracks[it['other']]
            part = load_part(o['path'], float(o['duration']), L, rng)
            if part is None:
                rows.append(None)
                continue
            also_start, other = part
            also = o['id']
        ext = EXT.get(attack, 'flac')
        path = os.path.join(A.out, 'q', name + '.' + ext)
        if not (A.resume and os.path.exists(path)):
            y, e, enc = apply(attack, seg, rng, other, L, pre, variant)
            assert e == ext
            write(path + '.part.' + ext, ext, enc, y)
            os.replace(path + '.part.' + ext, path)
        pitch = int(attack[5:]) if attack.startswith('pitch') else 0
        rows.append(dict(query=name, path=path, attack=('absent_' if absent else '') + attack,
                         length='full' if full else '%g' % it['length'], expected='' if absent else track['id'],
                         ref_start='%.3f' % start, ref_end='%.3f' % (start + L * s), speed='%.4f' % s, pitch=pitch,
                         also=also, also_start=also_start, source=track['id'], variant=variant))
    return rows


def espeak(seed):
    words = ('the quick brown fox told a story about rivers and roads while seven old sailors counted the stars '
             'nobody in the village believed that winter would come so early but the baker kept the oven warm '
             'please leave a message after the tone and remember that every number has its own color today we '
             'are going to talk about the price of bread in northern towns and why the trains are always late '
             'first you open the box then you turn the handle twice and finally you wait until the light is green').split()
    rng = np.random.default_rng([seed, 77])
    out = []
    for v in ['en-us', 'en-gb', 'en-us+f3', 'en-gb+m3', 'de', 'es', 'fr', 'en-us+m7', 'it', 'en-gb+f4']:
        text = ' '.join(rng.choice(words, 90))
        b = sh(['espeak-ng', '-v', v, '-s', str(int(rng.integers(140, 190))), '--stdout', text])
        # espeak's WAV header has an unknown length on stdout
        pcm = np.frombuffer(b[44:len(b) - (len(b) - 44) % 2], '<i2').astype(np.float32) / 32768
        out.append(ss.resample_poly(pcm, 2, 1))
    return np.concatenate(out)


def real(folder, seed):
    files = []
    for d, _, fs in os.walk(folder):
        files += [os.path.join(d, f) for f in fs if f.lower().endswith(('.ogg', '.wav'))]
    files.sort()
    if not files:
        return None
    rng = np.random.default_rng([seed, 78])
    out, total = [], 0
    for i in rng.permutation(len(files)):
        try:
            x = load(files[i]).mean(1)
        except Exception:
            continue
        if len(x) < SR or len(x) > 20 * SR or rms(x) < 1e-3:
            continue
        out.append(x / rms(x) * 0.1)
        total += len(x)
        if total > 300 * SR:
            break
    return np.concatenate(out) if out else None


def compilation(task):
    k, reg, absn = task
    rng = np.random.default_rng([A.seed, 4242, k])
    total, target = 0.0, float(rng.uniform(300, 480))
    F = 2.0
    out = np.zeros((int(600 * SR), 2), np.float32)
    segs, pos = [], 0.0
    while pos < target - 12:
        a = absn if (absn and rng.random() < 0.25) else reg
        t = a[int(rng.integers(0, len(a)))]
        L = float(np.round(rng.uniform(12, 60), 2))
        sp = 1.0
        kind = ['none', 'speed', 'opus', 'noise'][int(rng.integers(0, 4))]
        if kind == 'speed':
            sp = float(rng.choice([0.95, 0.96, 0.97, 0.98, 1.02, 1.03, 1.04, 1.05]))
        L = min(L, float(np.round((float(t['duration']) - 1) / sp, 2)))
        part = load_part(t['path'], float(t['duration']), L * sp, rng) if L >= 12 else None
        if part is None:
            continue
        s, y = part
        n = int(L * SR)
        if kind == 'speed':
            y = speed(y, sp)
        y = fit(y, n).copy()
        if kind == 'opus':
            y = roundtrip(y, ['-c:a', 'libopus', '-b:a', '48k'], 'opus', n).copy()
        if kind == 'noise':
            y = y + rng.standard_normal((n, 1)).astype(np.float32) * rms(y) * 10 ** (-15 / 20)
        y = y * (0.12 / rms(y))
        f = int(F * SR)
        r = np.sin(np.linspace(0, np.pi / 2, f))[:, None].astype(np.float32)
        y[:f] *= r
        y[-f:] *= r[::-1]
        i = int(pos * SR)
        out[i:i + n] += y
        segs.append(dict(query_start=round(pos, 3), query_end=round(pos + L, 3), source=t['id'],
                         ref=t['id'] if a is reg else '', ref_start=round(s, 3), ref_end=round(s + L * sp, 3),
                         speed=sp, attack=kind))
        pos += L - F
    out = norm(out[:int((pos + F) * SR)])
    ext, enc = [('mp3', ['-c:a', 'libmp3lame', '-b:a', '128k']), ('opus', ['-c:a', 'libopus', '-b:a', '96k']),
                ('flac', None)][k % 3]
    name = 'comp-%03d' % k
    path = os.path.join(A.out, 'q', name + '.' + ext)
    if not (A.resume and os.path.exists(path)):
        write(path, ext, enc, out)
    return dict(query=name, path=path, duration=round(len(out) / SR, 3), segments=segs)


def init(a, bank):
    global A, BANK
    A, BANK = a, bank


def main():
    global A, BANK
    ap = argparse.ArgumentParser()
    ap.add_argument('--corpus', required=True)
    ap.add_argument('--split', required=True)
    ap.add_argument('--out', required=True)
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--n5', type=int, default=50)
    ap.add_argument('--n10', type=int, default=100)
    ap.add_argument('--n30', type=int, default=50)
    ap.add_argument('--nfull', type=int, default=12)
    ap.add_argument('--ncomp', type=int, default=20)
    ap.add_argument('--absent-scale', type=float, default=1.0)
    ap.add_argument('--speech')
    ap.add_argument('--jobs', type=int, default=2)
    ap.add_argument('--only')
    ap.add_argument('--short', action='store_true', help='only the subset of subset.py')
    ap.add_argument('--resume', action='store_true', help='do not make again what is there (the same seed!)')
    a = ap.parse_args()
    os.makedirs(os.path.join(a.out, 'q'), exist_ok=True)
    rows = [r for r in csv.DictReader(open(a.corpus)) if r['split'] == a.split]
    reg = [r for r in rows if r['role'] == 'registered']
    absn = [r for r in rows if r['role'] == 'absent']
    with open(os.path.join(a.out, 'refs.csv'), 'w', newline='') as f:
        w = csv.writer(f)
        w.writerow(['id', 'path'])
        for r in reg:
            w.writerow([r['id'], r['path']])
    only = set(a.only.split(',')) if a.only else None
    todo = {}

    def add(track, it):
        if a.short and not subset.short(dict(
                query='x-%d' % it['k'], attack=('absent_' if it['absent'] else '') + it['attack'],
                length='full' if it['length'] == 0 else '%g' % it['length'], source=track['id'])):
            return
        todo.setdefault(track['id'], []).append(it)

    def plan(pool, attack, L, n, absent):
        need_s = (L or 25) * need(attack) + 2
        ok = [t for t in pool if float(t['duration']) >= need_s]
        if L == 0:
            ok = [t for t in ok if float(t['duration']) <= 300]
        rng = np.random.default_rng([a.seed, zlib.crc32(attack.encode()), int(L * 10), 99, int(absent)])
        order = np.concatenate([rng.permutation(len(ok)) for _ in range(n // max(1, len(ok)) + 1)])[:n]
        for k, i in enumerate(order):
            it = dict(attack=attack, length=L, k=k, absent=absent)
            if attack == 'mix0':
                j = int(rng.integers(0, len(ok)))
                if ok[j]['id'] == ok[i]['id']:
                    j = (j + 1) % len(ok)
                it['other'] = ok[j]['id']
            add(ok[i], it)

    for attack in ATTACKS:
        if only and attack not in only:
            continue
        for L, n in ((5, a.n5), (10, a.n10), (30, a.n30)):
            plan(reg, attack, L, n, False)
    for attack in ('opus75', 'speed1.02', 'mp3_64'):
        plan(reg, attack, 0, a.nfull, False)
    for attack, ns in ABSENT.items():
        for L, n in zip((5, 10, 30), ns):
            plan(absn, attack, L, int(n * a.absent_scale), True)
    tracks = {r['id']: r for r in rows}
    tasks = [(tracks[i], its, tracks) for i, its in sorted(todo.items())]
    bank = dict(espeak=espeak(a.seed), real=real(a.speech, a.seed) if a.speech else None)
    init(a, bank)
    truth = []
    with ProcessPoolExecutor(a.jobs, initializer=init, initargs=(a, bank)) as ex:
        comps = ex.map(compilation, [(k, reg, absn) for k in range(a.ncomp)])
        for i, rs in enumerate(ex.map(job, tasks)):
            truth += [r for r in rs if r]
            if i % 20 == 0:
                print(i, 'of', len(tasks), 'tracks', len(truth), 'queries', flush=True)
        comps = list(comps)
    # what is no music at all must match nothing either
    rng = np.random.default_rng([a.seed, 5])
    n = 10 * SR
    for k in range(int(60 * a.absent_scale)):
        kind = ['silence', 'white', 'speech', 'speech', 'tone', 'speech'][k % 6]
        if kind == 'silence':
            y = np.zeros(n, np.float32)
        elif kind == 'white':
            y = rng.standard_normal(n) * 0.1
        elif kind == 'tone':
            y = 0.2 * np.sin(2 * np.pi * rng.uniform(100, 2000) * np.arange(n) / SR)
        else:
            y = speech(rng, n, pick_variant('speech0', rng)) * 0.1
        name = 'absent_%s-10-%03d' % (kind, k)
        path = os.path.join(a.out, 'q', name + '.flac')
        write(path, 'flac', None, np.stack([y, y], 1).astype(np.float32))
        truth.append(dict(query=name, path=path, attack='absent_' + kind, length='10', expected='', ref_start='0',
                          ref_end='0', speed='1', pitch=0, also='', also_start='', source='', variant=''))
    truth.sort(key=lambda r: r['query'])
    cols = ['query', 'attack', 'length', 'expected', 'ref_start', 'ref_end', 'speed', 'pitch', 'also', 'also_start',
            'source', 'variant']
    with open(os.path.join(a.out, 'truth.csv'), 'w', newline='') as f:
        w = csv.DictWriter(f, cols, extrasaction='ignore')
        w.writeheader()
        w.writerows(truth)
    with open(os.path.join(a.out, 'queries.csv'), 'w', newline='') as f:
        w = csv.writer(f)
        w.writerow(['id', 'path'])
        w.writerows([[r['query'], r['path']] for r in truth])
    with open(os.path.join(a.out, 'comps.csv'), 'w', newline='') as f:
        w = csv.writer(f)
        w.writerow(['id', 'path'])
        w.writerows([[c['query'], c['path']] for c in comps])
    for c in comps:
        c.pop('path')
    json.dump(comps, open(os.path.join(a.out, 'comps.json'), 'w'), indent=1)
    print(len(truth), 'queries', len(comps), 'compilations')


if __name__ == '__main__':
    main()
