/** The moments of an incident that people are told about, in the order in which they come. */
export const OCCASIONS = ['opened', 'rollback_unconfirmed', 'rolled_back', 'resolved'] as const;
export type Occasion = (typeof OCCASIONS)[number];

const ORDER: readonly string[] = OCCASIONS;

export function isOccasion(text: string): text is Occasion {
  return ORDER.includes(text);
}

/** Does `a` come before `b`? Its message must then not be overtaken by that of `b`. */
export function isEarlier(a: string, b: string): boolean {
  return ORDER.indexOf(a) < ORDER.indexOf(b);
}
