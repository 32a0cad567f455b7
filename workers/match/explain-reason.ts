/** The finding in a sentence, with its numbers, and what to do next. */
import type { MatchSegment, TransformSet } from '../protocol.ts';
import type { BestAlignment, MissingReason } from './explanation.ts';
import { logFalseMatchProbability } from './significance.ts';

type Facts = {
  /** Undefined: it matches. */
  readonly missing: MissingReason | undefined;
  readonly transforms: TransformSet;
  readonly durationMs: number;
  /** What an upload must have at the least to be told from chance. */
  readonly leastDurationMs: number;
  readonly votes: number;
  readonly leastVotes: number;
  readonly best: BestAlignment | undefined;
  /** Alignments that could have matched. */
  readonly tried: number;
  readonly segments: readonly MatchSegment[];
  /** The upload's fingerprint has what the other windows see. */
  readonly hasOtherWindows: boolean;
};

/** An excerpt shorter than this often holds too few landmarks, even unaltered. */
const shortMs = 5000;
/** With more than this share of the upload outside, and more than two seconds, more of the same would not help. */
const outsideShare = 0.2;
const outsideMs = 2000;
/** What nearly sufficed is not worth sending again without this much more. */
const leastLongerMs = 500;

export function sayWhy(facts: Facts): string {
  const { missing, best, transforms, durationMs } = facts;
  switch (missing) {
    case undefined:
      return best === undefined ? 'They match.' : `${sayWhere(facts.segments)} ${sayAgreement(best)}`;
    case 'silent':
      return 'The upload has no peaks: nothing in it is audible. Check that the right file was sent, and that its sound is not muted.';
    case 'too_short':
      return `The upload lasts ${seconds(durationMs)}. Even if every peak agreed, that could be chance in a registry of this size: send at least ${seconds(facts.leastDurationMs)}, better 10 s.`;
    case 'found_with_wider_transforms':
      return `A scan with transforms "${transforms}" does not find it, one with "${best?.transforms}" does: ${sayWhere(facts.segments)} Scan it with those.`;
    case 'no_votes':
      return `No landmark of the upload is among the recording's: it is not the same audio, or altered beyond recognition. ${sayNext(facts)}`;
    case 'few_votes':
      return `The best line has ${counted(facts.votes, 'vote')} of landmarks, and ${facts.leastVotes} are needed; laid over each other on it, ${sayShare(best)}: it is not the same audio, or altered beyond recognition. ${sayNext(facts)}`;
    case 'no_alignment':
      return `Landmarks voted for a line, but on it no peaks meet: the votes were chance. ${sayNext(facts)}`;
    case 'disagrees':
      return `Laid over each other as well as they can be, ${sayShare(best)}. The luckiest of all alignments gives as much: it is not the same audio, or too little of it is left. ${sayNext(facts)}`;
    case 'not_certain_enough':
      return sayDoubt(facts);
  }
}

function sayShare(best: BestAlignment | undefined): string {
  if (best === undefined) return 'no peaks meet';
  const { agreeingPeaks, expectedPeaks, agreement, chance } = best;
  const where = `over ${seconds(best.queryEndMs - best.queryStartMs)}`;
  return `${agreeingPeaks} of the recording's ${expectedPeaks} peaks agree ${where} (${percent(agreement)}), where chance gives ${percent(chance)} on average`;
}

/** The surest stretch, and how many there are besides. */
function sayWhere(segments: readonly MatchSegment[]): string {
  const [first] = [...segments].sort((a, b) => a.falseMatchProbability - b.falseMatchProbability);
  if (first === undefined) return '';
  const others = segments.length - 1;
  const more = others === 0 ? '' : ` (and ${counted(others, 'other stretch', 'other stretches')})`;
  return `${clock(first.queryStartMs)} – ${clock(first.queryEndMs)} of the upload is ${clock(first.referenceStartMs)} – ${clock(first.referenceEndMs)} of the recording${more}, ${sayTransform(first)}.`;
}

function sayTransform({ transform, tempoRatio, pitchCents }: MatchSegment): string {
  const tempo = `tempo ×${tempoRatio.toFixed(3)}`;
  const pitch = `pitch ${signed(pitchCents)} cents`;
  if (transform === 'none') return 'unaltered';
  if (transform === 'speed') return `at another speed (${tempo}, ${pitch})`;
  if (transform === 'tempo') return `at another tempo (×${tempoRatio.toFixed(3)})`;
  if (transform === 'pitch') return `at another pitch (${signed(pitchCents)} cents)`;
  return `at another tempo and pitch (${tempo}, ${pitch})`;
}

function sayAgreement({
  agreeingPeaks,
  expectedPeaks,
  agreement,
  chance,
  logProbability,
  windowsCounted,
}: BestAlignment): string {
  const counted = windowsCounted === 3 ? ', counted in a shorter and a longer window too' : '';
  return `${agreeingPeaks} of the recording's ${expectedPeaks} peaks there (${percent(agreement)}) are in the upload, where chance gives ${percent(chance)}; the false-match probability${counted} is ${power(logProbability)}.`;
}

/** Agreement that may be chance: whether more of the same would settle it, and how much more. */
function sayDoubt({ best, tried, durationMs, hasOtherWindows }: Facts): string {
  if (best === undefined) return 'What agrees may be chance.';
  const { agreeingPeaks, expectedPeaks, chance, logProbability, logThreshold } = best;
  const spanMs = best.queryEndMs - best.queryStartMs;
  const what = `${agreeingPeaks} of ${expectedPeaks} peaks agree over ${seconds(spanMs)}, and chance gives ${percent(chance)}: the false-match probability is ${power(logProbability)}, and ${power(logThreshold)} is needed.`;
  const alone = logFalseMatchProbability(expectedPeaks, agreeingPeaks, chance, 1);
  if (durationMs - spanMs > Math.max(outsideMs, outsideShare * durationMs))
    return `${what} The rest of the upload does not agree: it is a short quotation, something that sounds alike, or chance. Listen to that stretch.`;
  const again = hasOtherWindows
    ? ''
    : ' Its fingerprint was made for a catalog: the audio, or a fingerprint made without --catalog, says more.';
  if (alone === 0) return `${what} Send a longer or a cleaner excerpt.${again}`;
  const neededMs = Math.max(spanMs + leastLongerMs, (spanMs * (logThreshold - Math.log10(tried))) / alone);
  return `${what} A longer excerpt would help: about ${seconds(neededMs)} that agree as well settle it.${again}`;
}

function sayNext({ transforms, durationMs }: Facts): string {
  if (durationMs < shortMs) return 'The upload is short: a longer excerpt may tell more.';
  if (transforms === 'all')
    return 'If you hear the recording in it, a longer or cleaner excerpt may tell more; covers and live takes are other recordings.';
  return 'No wider set of transforms finds it either. If you hear it, a longer or cleaner excerpt may tell more.';
}

function percent(share = 0): string {
  return `${Math.round(share * 100)} %`;
}

/** A probability by its log10: `1`, `0.02`, `1e-12`. */
function power(log: number): string {
  if (log >= 0) return '1';
  return log > -3 ? (10 ** log).toPrecision(1) : `1e${Math.round(log)}`;
}

function seconds(ms: number): string {
  return `${ms < 10_000 ? (Math.ceil(ms / 100) / 10).toFixed(1) : Math.ceil(ms / 1000)} s`;
}

function clock(ms: number): string {
  const tenths = Math.round(ms / 100);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value)}`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
