/**
 * Is there a value that satisfies a formula? `none` is proven. A witness is a value that should, as far as was looked;
 * whoever needs to be sure lets a validator check it.
 */
export type Answer =
  | { readonly kind: 'witness'; readonly value: unknown }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly reason: string };

export const NONE: Answer = { kind: 'none' };

export function witness(value: unknown): Answer {
  return { kind: 'witness', value };
}

export function unknown(reason: string): Answer {
  return { kind: 'unknown', reason };
}

/** The first witness; else unknown if one of them is, with its reason; else none. Stops at a witness. */
export function firstWitness(answers: Iterable<Answer>): Answer {
  let best = NONE;
  for (const answer of answers) {
    if (answer.kind === 'witness') return answer;
    if (answer.kind === 'unknown' && best.kind === 'none') best = answer;
  }
  return best;
}
