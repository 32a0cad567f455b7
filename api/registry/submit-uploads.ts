/** Many submissions in one stream, a line each. */
import { type Static, Type } from 'typebox';
import type { Context, Scoped } from '../context.ts';
import { answerLines, type GivenLine, lineFields, readLine } from './answer-lines.ts';
import { SubmissionView } from './submission-view.ts';
import { ReportedUpload, submitUpload } from './submit-upload.ts';

export const SubmittedLine = Type.Object(
  {
    ...ReportedUpload.properties,
    fingerprint: Type.String({ description: 'A fingerprint file (`.earmark`) in base64.', minLength: 1 }),
  },
  { additionalProperties: false },
);

export const LineAnswer = Type.Object({
  ...lineFields,
  outcome: Type.Enum(['submitted', 'unchanged', 'refused']),
  submission: Type.Optional(SubmissionView),
});
export type LineAnswer = Static<typeof LineAnswer>;

/** As many at once as there are threads to search. */
export function submitUploads(
  context: Scoped<Context>,
  partyId: string,
  lines: AsyncIterable<GivenLine>,
): AsyncGenerator<LineAnswer> {
  return answerLines<LineAnswer>(lines, context.workers.threadCount, async (line) => {
    const { fingerprint, ...upload } = readLine(SubmittedLine, line, {
      code: 'SUBMISSION_INVALID',
      what: 'submission',
    });
    const bytes = Buffer.from(fingerprint, 'base64');
    const { isNew, view } = await submitUpload(context, { partyId, upload, fingerprint: bytes });
    return { line: line.number, outcome: isNew ? 'submitted' : 'unchanged', submission: view };
  });
}
