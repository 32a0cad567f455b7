import { describe, expect, it } from 'vitest';
import { plain } from '../../api/cli/output/terminal-text.ts';
import { drawTimeline } from '../../api/cli/output/timeline.ts';
import type { MatchView, ScanAnswer, SegmentView } from '../../api/registry/scan-answer.ts';

const layout = { columns: 100, paint: plain };

function segment(startSeconds: number, endSeconds: number, other: Partial<SegmentView> = {}): SegmentView {
  return {
    query_start_ms: startSeconds * 1000,
    query_end_ms: endSeconds * 1000,
    reference_start_ms: 30_000,
    reference_end_ms: 30_000 + (endSeconds - startSeconds) * 1000,
    tempo_ratio: 1,
    pitch_cents: 0,
    transform: 'none',
    aligned_peaks: 120,
    false_match_probability: 1e-12,
    ...other,
  };
}

function match(name: string, segments: MatchView['segments'], other: Partial<MatchView> = {}): MatchView {
  return { recording_id: name, external_id: name, isrc: null, title: null, artist: null, segments, ...other };
}

function answer(seconds: number, matches: MatchView[]): ScanAnswer {
  return {
    scan_id: 's',
    external_id: 'u',
    duration_ms: seconds * 1000,
    index_position: 7,
    transforms: 'all',
    matches,
  };
}

const draw = (seconds: number, matches: MatchView[]) =>
  drawTimeline(answer(seconds, matches), 'upload', layout).split('\n');

describe('a timeline', () => {
  it('gives each recording the share of the bar that it has of the upload', () => {
    const lines = draw(96, [match('first', [segment(0, 48)]), match('second', [segment(72, 96)])]);
    const bar = lines.find((line) => line.includes('█')) ?? '';
    expect(bar.match(/█/g)).toHaveLength(48);
    expect(bar.match(/·/g)).toHaveLength(24);
    expect(bar.match(/▓/g)).toHaveLength(24);
  });

  it('says of every stretch whose it is, in the order in which they sound', () => {
    const rows = draw(96, [match('late', [segment(72, 96)]), match('early', [segment(0, 48)])]).slice(-4);
    expect(rows[1]).toMatch(/^ {2}A {2}0:00\.0 – 0:48\.0 {2}early +0:30\.0 – 1:18\.0 +1 in 10¹²$/);
    expect(rows[2]).toMatch(/^ {2}· {2}0:48\.0 – 1:12\.0 {2}not registered$/);
    expect(rows[3]).toMatch(/^ {2}B {2}1:12\.0 – 1:36\.0 {2}late/);
  });

  it('shows three seconds in two hours', () => {
    const bar = draw(7200, [match('brief', [segment(3600, 3603)])]).find((line) => line.includes('█')) ?? '';
    expect(bar.match(/█/g)).toHaveLength(1);
  });

  it('puts recordings that sound together into lanes', () => {
    const lines = draw(60, [match('beat', [segment(0, 60)]), match('voice', [segment(20, 40)])]);
    expect(lines.findIndex((line) => line.includes('▓'))).toBeGreaterThan(
      lines.findIndex((line) => line.includes('█')),
    );
  });

  it('keeps recordings that fade into each other in one lane', () => {
    const lines = draw(60, [match('first', [segment(0, 30.4)]), match('second', [segment(30, 60)])]);
    expect(lines.find((line) => line.includes('█'))).toMatch(/█+▓+$/);
  });

  it('names tempo and pitch where they were changed, and has no such column where they were not', () => {
    const fast = segment(0, 10, { tempo_ratio: 1.05, pitch_cents: 84.5, transform: 'speed' });
    expect(draw(10, [match('fast', [fast])]).join('\n')).toContain('speed ×1.050');
    const low = segment(0, 10, { pitch_cents: -300, transform: 'pitch' });
    expect(draw(10, [match('low', [low])]).join('\n')).toContain('pitch −300 cents');
    expect(draw(10, [match('same', [segment(0, 10)])]).join('\n')).not.toContain('altered');
  });

  it('shows alternatives indented below their segment, before whatever comes next', () => {
    const other = segment(1, 48, { reference_start_ms: 91_000, reference_end_ms: 138_000 });
    const chorus = { ...segment(0, 48), alternatives: [other] };
    const rows = draw(96, [match('song', [chorus]), match('late', [segment(0, 96)])]).slice(-3);
    expect(rows[1]).toMatch(/^ {2}B {2}0:00\.0 – 0:48\.0 {4}song +0:30\.0 – 1:18\.0 +1 in 10¹²$/);
    expect(rows[2]).toMatch(/^ {7}0:01\.0 – 0:48\.0 {2}also at +1:31\.0 – 2:18\.0 +1 in 10¹²$/);
    expect(rows.at(0)).toMatch(/^ {2}A {2}0:00\.0 – 1:36\.0 +late/);
  });

  it('says so where nothing was found', () => {
    expect(draw(10, [])).toEqual(['upload  0:10.0', '  · no registered recording in it']);
  });

  it('lets no control character of a title reach the terminal', () => {
    const evil = match('x', [segment(0, 10)], { title: '\u001b[31mred\u0007\u202e', artist: 'b\r\nc' });
    const drawn = drawTimeline(answer(10, [evil]), 'na\u001b]0;me', layout);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(drawn).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it('fits a narrow terminal', () => {
    const long = match('id', [segment(0, 10)], {
      title: 'A title that goes on and on, much longer than the line',
      artist: '夜の歌',
    });
    const drawn = drawTimeline(answer(10, [long]), 'upload', { columns: 80, paint: plain });
    for (const line of drawn.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
