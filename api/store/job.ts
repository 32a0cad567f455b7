import { bigint, computed, text } from './columns.ts';
import { type Queryable, statement } from './statement.ts';

const countStatement = statement('count-jobs', {
  parameters: {},
  columns: { queue: text, state: computed(text), count: computed(bigint) },
});

export type JobCount = { readonly queue: string; readonly state: string; readonly count: number };

/** Jobs that are not over, by queue and state. */
export const countJobs = (on: Queryable): Promise<JobCount[]> => countStatement.all(on, {});
