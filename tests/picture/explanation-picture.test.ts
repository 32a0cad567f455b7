import { describe, expect, test } from 'vitest';
import { drawExplanation, isExplanationPicture } from '../../api/picture/explanation-picture.ts';
import { clock, timeTicks } from '../../api/picture/scales.ts';
import { wrap } from '../../api/picture/svg.ts';
import type { ExplanationAnswer } from '../../api/registry/explanation-answer.ts';
import { nodesOf } from '../support/xml.ts';

const hostile = '<&"> ]]> \u0000\u001b \ud800 <script>';

const explanation: ExplanationAnswer = {
  scan_id: '019c1fa0-77aa-7b30-b0d5-58d2c9a0f7c4',
  external_id: hostile,
  duration_ms: 68_000,
  transforms: 'all',
  recording: {
    recording_id: '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa',
    external_id: 'catalog-1',
    title: hostile,
    artist: hostile,
  },
  reference_duration_ms: 30_000,
  in_scan: true,
  scan_index_position: 3,
  index_position: 9,
  verdict: {
    is_match: true,
    missing: null,
    sentence: `It matches. ${hostile}`,
    remark: hostile,
    segment_count: 1,
    segments: [
      {
        query_start_ms: 10_000,
        query_end_ms: 20_000,
        reference_start_ms: 0,
        reference_end_ms: 10_000,
        tempo_ratio: 1,
        pitch_cents: 0,
        transform: 'none',
        aligned_peaks: 2,
        false_match_probability: 1e-9,
      },
    ],
  },
  alignment: {
    transforms: 'all',
    query_start_ms: 10_000,
    query_end_ms: 20_000,
    reference_start_ms: 0,
    reference_end_ms: 10_000,
    offset_ms: -10_000,
    tempo_ratio: 1,
    pitch_cents: 0,
    votes: 9,
    least_votes: 3,
    expected_peaks: 3,
    agreeing_peaks: 2,
    agreement: 0.6667,
    chance: 0.1,
    log10_false_match_probability: -9,
    log10_threshold: -6,
    windows_counted: 1,
  },
  peaks: {
    query_start_ms: 7000,
    query_end_ms: 23_000,
    reference_start_ms: -3000,
    reference_end_ms: 13_000,
    upload: {
      peaks: [
        { at_ms: 11_000, hz: 440, agrees: true },
        { at_ms: 12_000, hz: 880, agrees: true },
        { at_ms: 13_000, hz: 990, agrees: false },
      ],
      count: 1203,
      agreeing_count: 2,
    },
    reference: {
      peaks: [
        { at_ms: 11_000, hz: 440, agrees: true },
        { at_ms: 12_000, hz: 880, agrees: true },
        { at_ms: 15_000, hz: 600, agrees: false },
        { at_ms: 15_500, hz: 50_000, agrees: false },
      ],
      count: 4,
      agreeing_count: 2,
    },
  },
  votes: {
    query_start_ms: 10_000,
    query_end_ms: 20_000,
    by_offset: [-160, 0, 160].map((offset_ms) => ({ offset_ms, votes: offset_ms === 0 ? 9 : 1 })),
    by_tempo: [0.5, 1, 1.5].map((tempo_ratio) => ({ tempo_ratio, votes: 2, was_tried: tempo_ratio === 1 })),
    by_pitch: [-1200, 0, 1200].map((pitch_cents) => ({ pitch_cents, votes: 2 })),
  },
};

const shownIn = (answer: ExplanationAnswer) => {
  const nodes = nodesOf(drawExplanation(answer));
  return { nodes, words: nodes.map(({ text }) => text).join('\n') };
};

describe('the picture of an explanation', () => {
  test('is well-formed, and what is foreign in it is text and nothing else', () => {
    const { nodes, words } = shownIn(explanation);
    expect(new Set(nodes.map(({ name }) => name))).toEqual(
      new Set(['svg', 'title', 'desc', 'style', 'rect', 'text', 'line', 'path', 'g', 'circle']),
    );
    expect(words).toContain('<&"> ]]> \ufffd\ufffd \ufffd <script>');
  });

  test('says what was found, how much agrees, and what is shown of how much', () => {
    const { words } = shownIn(explanation);
    expect(words).toContain('MATCH');
    expect(words).toContain('67 %');
    expect(words).toContain("0:07 – 0:23 of the upload's 1:08");
    expect(words).toContain("in both: 2 of the recording's 4");
    expect(words).toContain('only in the upload: 1,201');
    expect(words).toContain('1,200 faint peaks left out');
    expect(words).toContain("index position 9 (the scan's: 3)");
    expect(words).toContain('grey: not tried by this scan');
  });

  test('has a ring for each peak of the recording that lies in it, and no mark outside of itself', () => {
    const { nodes } = shownIn(explanation);
    const [svg] = nodes;
    const [width, height] = ['width', 'height'].map((key) => Number(svg?.attributes.get(key)));
    // Two pairs and one peak that has no partner; two more rings are the legend's.
    expect(nodes.filter(({ name }) => name === 'circle')).toHaveLength(3 + 2);
    for (const { name, attributes } of nodes) {
      for (const [keys, limit] of [
        [['x', 'x1', 'x2', 'cx'], width],
        [['y', 'y1', 'y2', 'cy'], height],
      ] as const) {
        for (const key of keys) {
          const value = Number(attributes.get(key) ?? 0);
          expect(value >= 0 && value <= (limit as number), `${name} ${key}="${value}"`).toBe(true);
        }
      }
    }
  });

  test('says so where there is nothing to lay over each other', () => {
    const verdict = { ...explanation.verdict, is_match: false, missing: 'silent' as const, segments: [] };
    const { words } = shownIn({ ...explanation, verdict, alignment: null, peaks: null, votes: null });
    expect(words).toContain('NO MATCH: silent');
    expect(words).toContain('nothing to lay over each other');
  });

  test('is known as ours by how it begins, and other pictures are not', () => {
    expect(isExplanationPicture(drawExplanation(explanation).slice(0, 200))).toBe(true);
    expect(isExplanationPicture('<svg xmlns="http://www.w3.org/2000/svg"><title>mine</title></svg>')).toBe(
      false,
    );
    expect(isExplanationPicture('')).toBe(false);
  });
});

describe('what is written in it', () => {
  test('breaks lines at spaces, cuts what is too long, and says that something is missing', () => {
    expect(wrap('one two three', 7, 3)).toEqual(['one two', 'three']);
    expect(wrap('a'.repeat(20), 7, 3)).toEqual([`${'a'.repeat(6)}…`]);
    expect(wrap('one two three four', 5, 2)).toEqual(['one', 'two …']);
  });

  test('has times on round seconds, and those before the beginning with a sign', () => {
    expect(timeTicks(7100, 23_000, 10)).toEqual([
      8000, 10_000, 12_000, 14_000, 16_000, 18_000, 20_000, 22_000,
    ]);
    expect([clock(-3000), clock(0), clock(62_340, 1), clock(3_723_000)]).toEqual([
      '−0:03',
      '0:00',
      '1:02.3',
      '1:02:03',
    ]);
  });
});
