/**
 * Many submissions in one stream. Answers come in the order of the lines, one for each, with a bounded number of lines
 * being worked on: who does not read the answers is not read from either. A line that is refused is answered with its
 * code, and the next one is taken.
 */
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Context, Scoped } from '../context.ts';
import { findErrorCode, RegistryError } from '../errors.ts';
import { SubmissionView } from './submission-view.ts';
import { ReportedUpload, submitUpload } from './submit-upload.ts';

/** Of one stream; a longer list is several. */
const maxLines = 10_000;

export const SubmittedLine = Type.Object(
  {
    ...ReportedUpload.properties,
    fingerprint: Type.String({ description: 'A fingerprint file (`.earmark`) in base64.', minLength: 1 }),
  },
  { additionalProperties: false },
);

const LineError = Type.Object({ code: Type.String(), message: Type.String() });

export const LineAnswer = Type.Object({
  line: Type.Integer({ description: 'Which line of the request it answers, from 1.' }),
  outcome: Type.Enum(['submitted', 'unchanged', 'refused']),
  submission: Type.Optional(SubmissionView),
  error: Type.Optional(LineError),
});
export type LineAnswer = Static<typeof LineAnswer>;

export type GivenLine = { readonly number: number; readonly text?: string; readonly isTooLong?: true };

/** Ends, with an answer that says so, where there are more than `maxLines`. A bug of ours ends it by throwing. */
export async function* submitUploads(
  context: Scoped<Context>,
  partyId: string,
  lines: AsyncIterable<GivenLine>,
): AsyncGenerator<LineAnswer> {
  const maxInFlight = context.workers.threadCount;
  const inFlight: Promise<LineAnswer>[] = [];
  let lineCount = 0;
  try {
    for await (const line of lines) {
      lineCount += 1;
      if (lineCount > maxLines) {
        inFlight.push(Promise.resolve(refused(line, tooManyLines())));
        break;
      }
      const answer = submitLine(context, partyId, line);
      // Whoever waits for it hears of a rejection; until then it must not end the process.
      answer.catch(() => undefined);
      inFlight.push(answer);
      if (inFlight.length >= maxInFlight) yield (await inFlight.shift()) as LineAnswer;
    }
    for (let answer = inFlight.shift(); answer; answer = inFlight.shift()) yield await answer;
  } finally {
    await Promise.allSettled(inFlight);
  }
}

async function submitLine(context: Scoped<Context>, partyId: string, line: GivenLine): Promise<LineAnswer> {
  try {
    const { fingerprint, ...upload } = readLine(line);
    const bytes = Buffer.from(fingerprint, 'base64');
    const { isNew, view } = await submitUpload(context, { partyId, upload, fingerprint: bytes });
    return { line: line.number, outcome: isNew ? 'submitted' : 'unchanged', submission: view };
  } catch (error) {
    return refused(line, error);
  }
}

function readLine({ text, isTooLong }: GivenLine): Static<typeof SubmittedLine> {
  if (isTooLong) throw invalid('a shorter line');
  let given: unknown;
  try {
    given = JSON.parse(text as string);
  } catch {
    throw invalid('a line of JSON');
  }
  if (Value.Check(SubmittedLine, given)) return given as Static<typeof SubmittedLine>;
  const [first] = Value.Errors(SubmittedLine, given);
  throw invalid(`${first?.instancePath.slice(1) || 'an object'} ${first?.message ?? 'as described'}`);
}

function refused({ number }: GivenLine, error: unknown): LineAnswer {
  const code = findErrorCode(error);
  if (code === undefined) throw error;
  return { line: number, outcome: 'refused', error: { code, message: (error as Error).message } };
}

function invalid(expected: string): RegistryError {
  return new RegistryError('SUBMISSION_INVALID', `submission: expected ${expected}.`);
}

function tooManyLines(): RegistryError {
  return new RegistryError(
    'LIMIT_REACHED',
    `Expected at most ${maxLines} lines: this one and those after it were not read. Send them in another request.`,
  );
}
