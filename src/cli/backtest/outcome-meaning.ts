/** What a column of outcomes speaks of: whether the task succeeded, or whether the model answered or refused. */
export const OUTCOME_MEANINGS = ['success', 'safety'] as const;
export type OutcomeMeaning = (typeof OUTCOME_MEANINGS)[number];

/** Words of a column's name that speak of refusing and answering, where neither more nor less is simply better. */
const SAFETY_NAME =
  /refus|declin|reject|respon(?:se|ded) ?rate|answer(?:ed| ?rate)|safe|moderat|flagged|toxic|harmful|content ?filter|guardrail|jailbr/;

/** Guessed from a column's name; the report says what it was taken for. */
export function meaningOfColumn(column: string): OutcomeMeaning {
  return SAFETY_NAME.test(column.toLowerCase().replace(/[_\-.]+/g, ' ')) ? 'safety' : 'success';
}
