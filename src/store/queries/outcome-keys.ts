import { type Database, ONE_THREAD } from '../database.js';

/** By what the outcomes in the store name the calls that they belong to. */
export interface OutcomeKeys {
  readonly byTrace: boolean;
  readonly byResponse: boolean;
  readonly bySpan: boolean;
}

/** Outcomes may name their calls in any of these ways. */
export const ANY_OUTCOME_KEYS: OutcomeKeys = { byTrace: true, byResponse: true, bySpan: true };

const exists = (condition: string): string => `EXISTS (SELECT 1 FROM outcomes WHERE ${condition})`;

/** Which of the ways occur at all. Reads a few granules by the primary key. */
export async function outcomeKeys(database: Database): Promise<OutcomeKeys> {
  const [found] = await database.query<Record<keyof OutcomeKeys, number>>(
    `SELECT ${exists("trace_id != ''")} AS byTrace,
       ${exists("trace_id = '' AND response_id != ''")} AS byResponse,
       ${exists("trace_id = '' AND span_id != ''")} AS bySpan ${ONE_THREAD}`,
  );
  const has = (key: keyof OutcomeKeys): boolean => (found?.[key] ?? 0) > 0;
  return { byTrace: has('byTrace'), byResponse: has('byResponse'), bySpan: has('bySpan') };
}
