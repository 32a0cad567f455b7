/**
 * Many requests in one stream of lines. Answers come in the order of the lines, one for each and as soon as it is there,
 * with a bounded number of lines being worked on: who does not read the answers is not read from either. A line that is
 * refused is answered with its code, and the next one is taken.
 */
import Type, { type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { type ErrorCode, findErrorCode, RegistryError } from '../errors.ts';

/** Of one stream; a longer list is several. */
const maxLines = 10_000;

const LineError = Type.Object({ code: Type.String(), message: Type.String() });

/** What the answer to every line has. */
export const lineFields = {
  line: Type.Integer({ description: 'Which line of the request it answers, from 1.' }),
  error: Type.Optional(LineError),
};

export type GivenLine = { readonly number: number; readonly text?: string; readonly isTooLong?: true };
export type RefusedLine = {
  line: number;
  outcome: 'refused';
  error: { code: string; message: string };
};

/** Ends, with an answer that says so, where there are more than `maxLines`. A bug of ours ends it by throwing. */
export async function* answerLines<Answer>(
  lines: AsyncIterable<GivenLine>,
  maxInFlight: number,
  answer: (line: GivenLine) => Promise<Answer>,
): AsyncGenerator<Answer | RefusedLine> {
  const given = lines[Symbol.asyncIterator]();
  const inFlight: Promise<Answer | RefusedLine>[] = [];
  let lineCount = 0;
  /** The next line that is asked for; undefined where no more is read. */
  let next: Promise<IteratorResult<GivenLine>> | undefined = asked(given.next());
  try {
    while (next !== undefined || inFlight.length > 0) {
      const [oldest] = inFlight;
      const isRoom = next !== undefined && inFlight.length < maxInFlight;
      const isLine = isRoom && (oldest === undefined || (await isFirst(next as Promise<unknown>, oldest)));
      if (!isLine) {
        yield (await inFlight.shift()) as Answer | RefusedLine;
        continue;
      }
      // A sender that breaks off is told of after the answers to what it has sent.
      const isBroken = await (next as Promise<unknown>).then(
        () => false,
        () => true,
      );
      if (isBroken) while (inFlight.length > 0) yield (await inFlight.shift()) as Answer | RefusedLine;
      const { done, value } = await (next as Promise<IteratorResult<GivenLine>>);
      next = undefined;
      if (done) continue;
      lineCount += 1;
      if (lineCount > maxLines) inFlight.push(Promise.resolve(refused(value, tooManyLines())));
      else {
        inFlight.push(asked(answer(value).catch((error: unknown) => refused(value, error))));
        next = asked(given.next());
      }
    }
  } finally {
    await Promise.allSettled(inFlight);
    // Not waited for: it may be waiting for the sender.
    if (given.return) asked(given.return());
  }
}

/** Whoever waits for it hears of a rejection; until then it must not end the process. */
function asked<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

function isFirst(one: Promise<unknown>, other: Promise<unknown>): Promise<boolean> {
  const says = (promise: Promise<unknown>, word: boolean) =>
    promise.then(
      () => word,
      () => word,
    );
  return Promise.race([says(other, false), says(one, true)]);
}

/** Throws a refusal with the code where the line is not as the schema has it. */
export function readLine<Schema extends TSchema>(
  schema: Schema,
  { text, isTooLong }: GivenLine,
  refusal: { readonly code: ErrorCode; readonly what: string },
): Static<Schema> {
  const invalid = (expected: string) =>
    new RegistryError(refusal.code, `${refusal.what}: expected ${expected}.`);
  if (isTooLong) throw invalid('a shorter line');
  let given: unknown;
  try {
    given = JSON.parse(text as string);
  } catch {
    throw invalid('a line of JSON');
  }
  if (Value.Check(schema, given)) return given as Static<Schema>;
  const [first] = Value.Errors(schema, given);
  throw invalid(`${first?.instancePath.slice(1) || 'an object'} ${first?.message ?? 'as described'}`);
}

function refused({ number }: GivenLine, error: unknown): RefusedLine {
  const code = findErrorCode(error);
  if (code === undefined) throw error;
  return { line: number, outcome: 'refused', error: { code, message: (error as Error).message } };
}

function tooManyLines(): RegistryError {
  return new RegistryError(
    'LIMIT_REACHED',
    `Expected at most ${maxLines} lines: this one and those after it were not read. Send them in another request.`,
  );
}
