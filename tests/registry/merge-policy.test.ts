import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseMerge, type MergeableSegment } from '../../api/registry/merge-policy.ts';
import { segmentLimits, shareOfFull } from '../../workers/index/segment-limits.ts';

type State = Parameters<typeof chooseMerge>[1];
const whole = (size: number): MergeableSegment => ({ size, liveSize: size });

/** Of music: 205 s a recording, 1,485 postings. */
const framesOfRecording = 10_265;
const postingsOfRecording = 1485;
const recordings = (count: number): MergeableSegment =>
  whole((count * (framesOfRecording + 64)) / segmentLimits.timelineFrames);

const live = (of: readonly MergeableSegment[]) => of.reduce((sum, { liveSize }) => sum + liveSize, 0);

/** The segments as they are after every merge that the policy asks for. */
function settled(
  segments: readonly MergeableSegment[],
  state: State = 'resting',
): { readonly segments: MergeableSegment[]; readonly written: number } {
  let now = [...segments];
  let written = 0;
  for (let chosen = chooseMerge(now, state); chosen !== undefined; chosen = chooseMerge(now, state)) {
    const one = live(now.slice(chosen.from, chosen.to));
    written += one;
    now = [...now.slice(0, chosen.from), whole(one), ...now.slice(chosen.to)];
  }
  return { segments: now, written };
}

/** As they are when so many batches have come; how often each was written, and how many segments there were on average. */
function grown(batch: MergeableSegment, batches: number, state: State) {
  let segments: MergeableSegment[] = [];
  let written = 0;
  let looks = 0;
  let most = 0;
  for (let i = 0; i < batches; i++) {
    const after = settled([...segments, batch], state);
    segments = after.segments;
    written += after.written;
    looks += segments.length;
    most = Math.max(most, segments.length);
  }
  return { segments, written: written / (batches * batch.size), looks: looks / batches, most };
}

const anyState = fc.constantFrom<State>('writing', 'resting');
const anySize = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.integer({ min: 0, max: 60 }).map((bits) => 2 ** (-bits / 2)),
);
const anySegments = fc.array(
  fc
    .tuple(anySize, fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })))
    .map(([size, share]) => ({ size, liveSize: size * share })),
  { maxLength: 40 },
);

describe('the merge policy', () => {
  test('chooses neighbours, of those there are, and one alone only where something was removed from it', () => {
    fc.assert(
      fc.property(anySegments, anyState, (segments, state) => {
        const chosen = chooseMerge(segments, state);
        if (chosen === undefined) return;
        expect(chosen.from).toBeGreaterThanOrEqual(0);
        expect(chosen.to).toBeLessThanOrEqual(segments.length);
        expect(chosen.to).toBeGreaterThan(chosen.from);
        const [only] = segments.slice(chosen.from, chosen.to) as [MergeableSegment];
        if (chosen.to - chosen.from === 1) expect(only.liveSize).toBeLessThan(only.size);
      }),
    );
  });

  test('never makes one of more than a segment holds', () => {
    fc.assert(
      fc.property(anySegments, anyState, (segments, state) => {
        const { from, to } = chooseMerge(segments, state) ?? { from: 0, to: 0 };
        expect(live(segments.slice(from, to))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
  });

  test('comes to an end and loses nothing that is still there', () => {
    fc.assert(
      fc.property(anySegments, anyState, (segments, state) => {
        expect(live(settled(segments, state).segments)).toBeCloseTo(live(segments), 9);
      }),
    );
  });

  test('has nothing to do for one segment or none', () => {
    expect(chooseMerge([], 'resting')).toBeUndefined();
    expect(chooseMerge([whole(0)], 'resting')).toBeUndefined();
    expect(chooseMerge([whole(1)], 'resting')).toBeUndefined();
  });

  test('leaves few segments, and writes each posting a few times, however registrations come', () => {
    for (const count of [1, 25]) {
      const { segments, written, looks, most } = grown(recordings(count), 20_000, 'writing');
      expect(most).toBeLessThan(30);
      expect(written).toBeLessThan(9);
      expect(looks).toBeLessThan(14);
      expect(settled(segments).segments.length).toBeLessThan(7);
    }
  });

  test('leaves full segments of two billion postings, and a few that grow', () => {
    // By 4,096 recordings, as an index is built from the feed, and by 30.
    for (const [count, mostWritten, mostLooks] of [
      [4096, 3, 8],
      [30, 7, 14],
    ] as const) {
      const batches = Math.floor(2e9 / (count * postingsOfRecording));
      const { segments, written, looks } = grown(recordings(count), batches, 'writing');
      expect(written).toBeLessThan(mostWritten);
      expect(looks).toBeLessThan(mostLooks);
      const rested = settled(segments).segments;
      expect(rested.length).toBeLessThanOrEqual(Math.ceil(live(segments)) + 1);
      for (const { size } of rested.slice(0, 6)) expect(size).toBeGreaterThan(0.93);
    }
  });

  test('writes a recording that comes alone, now and then, a few times more', () => {
    const { written, looks } = grown(recordings(20), 50_000, 'resting');
    expect(written).toBeLessThan(16);
    expect(looks).toBeLessThan(8);
  });

  test('writes little when one recording comes now and then to a large index', () => {
    let { segments } = settled([recordings(67_000)]);
    let written = 0;
    for (let i = 0; i < 1000; i++) {
      const after = settled([...segments, recordings(1)]);
      segments = after.segments;
      written += after.written;
      expect(segments.length).toBeLessThan(10);
    }
    expect(written / (1000 * recordings(1).size)).toBeLessThan(11);
  });

  test('leaves none at rest that is not three times as large as all behind it, if they fit into one', () => {
    fc.assert(
      fc.property(anySegments, (segments) => {
        const rested = settled(segments).segments;
        for (const [i, { size }] of rested.entries()) {
          const behind = live(rested.slice(i + 1));
          if (i + 1 < rested.length && behind + size <= 1) expect(size).toBeGreaterThan(3 * behind);
        }
      }),
    );
  });

  test('fills a segment with what lies behind it as soon as that fills it, and not again', () => {
    const growing = [whole(0.4), whole(0.3), whole(0.2), whole(0.03)];
    expect(chooseMerge(growing, 'writing')).toBeUndefined();
    expect(chooseMerge([...growing, whole(0.01)], 'writing')).toEqual({ from: 0, to: 5 });
    expect(chooseMerge([whole(0.94), whole(0.05)], 'writing')).toBeUndefined();
    expect(chooseMerge([whole(0.94), whole(0.05)], 'resting')).toBeUndefined();
  });

  test('makes one of two that fit into one, and not of two that do not', () => {
    expect(settled([whole(0.5), whole(0.5)]).segments).toEqual([whole(1)]);
    expect(settled([whole(0.5), whole(0.501)]).segments).toHaveLength(2);
    expect(chooseMerge([whole(1), whole(1)], 'resting')).toBeUndefined();
  });

  test('merges what lies behind one that it does not fit into one with', () => {
    const quarter = whole(0.2);
    const before = [quarter, quarter, quarter, quarter];
    expect(chooseMerge([...before, whole(1), whole(0.001)], 'writing')).toEqual({ from: 0, to: 4 });
    expect(settled([...before, whole(1), whole(0.001)]).segments).toHaveLength(3);
  });

  test('leaves those alone that are larger than one may be, and merges what comes behind them', () => {
    const larger = [whole(3), whole(1.5)];
    for (const state of ['writing', 'resting'] as const) {
      const { segments } = settled([...larger, ...Array(4).fill(whole(0.1))], state);
      expect(segments).toEqual([...larger, whole(0.4)]);
    }
  });

  test('leaves recordings apart whose timeline has no room for all of them, however few postings they have', () => {
    // A day that is nearly silent.
    const days = 100;
    const day = { references: days, constellationBytes: 10_000, timelineFrames: days * 24 * 3600 * 50 };
    const many = Array.from({ length: 40 }, () => whole(shareOfFull(day)));
    const { segments } = settled(many);
    expect(segments).toHaveLength(10);
    for (const { size } of segments) expect(size).toBeLessThanOrEqual(1);
  });

  test('writes a segment again when a twentieth of it was removed, and not before', () => {
    const segments = [whole(0.1), { size: 0.01, liveSize: 0.0096 }];
    expect(chooseMerge(segments, 'writing')).toBeUndefined();
    const more = [{ size: 0.1, liveSize: 0.0949 }, ...segments.slice(1)];
    expect(chooseMerge(more, 'writing')).toEqual({ from: 0, to: 1 });
  });
});
