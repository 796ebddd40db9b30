import { type Compatibility, type CompatibilityOptions, type Counterexample, checkCompatibility } from './check.js';
import { brokenStrictRule, type RuleViolation } from './strict-rules.js';

/**
 * How much is asked. STRICT, for stored data: a proof that every old instance is accepted, and the rules registries
 * have. LENIENT, for tool parameters: properties that the writer's schema does not declare are not written, so an
 * optional one may be added.
 */
export const POLICIES = ['STRICT', 'LENIENT'] as const;
export type Policy = (typeof POLICIES)[number];

/** The verdict on a pair of schemas under a policy, and what decided it. */
export type SchemaVerdict = { readonly policy: Policy } & (
  | { readonly verdict: 'compatible'; readonly decidedBy: 'proof' }
  /** LENIENT only: proven, but for objects that hold one of these names although the writer does not declare it. */
  | { readonly verdict: 'compatible'; readonly decidedBy: 'policy'; readonly forgiven: readonly string[] }
  | ({ readonly verdict: 'incompatible'; readonly decidedBy: 'counterexample' } & Counterexample)
  /** STRICT only: no instance shows that something breaks. */
  | ({ readonly verdict: 'incompatible'; readonly decidedBy: 'rule' } & RuleViolation)
  | { readonly verdict: 'unknown'; readonly decidedBy: 'nothing'; readonly reason: string }
);

/** Does `reader` accept what was written under `writer`? */
export function judgeSchemas(
  writer: unknown,
  reader: unknown,
  policy: Policy,
  options: Pick<CompatibilityOptions, 'assumedDialect'> = {},
): SchemaVerdict {
  const exact = checkCompatibility(writer, reader, options);
  return policy === 'STRICT' ? strictly(exact, writer, reader, options) : leniently(exact, writer, reader, options);
}

function strictly(
  exact: Compatibility,
  writer: unknown,
  reader: unknown,
  options: CompatibilityOptions,
): SchemaVerdict {
  const policy = 'STRICT';
  if (exact.verdict === 'incompatible') return { policy, decidedBy: 'counterexample', ...exact };
  const broken = brokenStrictRule(writer, reader, options.assumedDialect);
  if (broken !== null) return { policy, verdict: 'incompatible', decidedBy: 'rule', ...broken };
  return plain(exact, policy);
}

function leniently(
  exact: Compatibility,
  writer: unknown,
  reader: unknown,
  options: CompatibilityOptions,
): SchemaVerdict {
  const policy = 'LENIENT';
  if (exact.verdict === 'compatible') return plain(exact, policy);
  const lenient = checkCompatibility(writer, reader, { ...options, forgivesUndeclared: true });
  if (lenient.verdict === 'incompatible') return { policy, decidedBy: 'counterexample', ...lenient };
  if (lenient.verdict === 'unknown' || lenient.forgiven.length === 0) return plain(lenient, policy);
  return { policy, verdict: 'compatible', decidedBy: 'policy', forgiven: lenient.forgiven };
}

function plain(answer: Exclude<Compatibility, { verdict: 'incompatible' }>, policy: Policy): SchemaVerdict {
  return answer.verdict === 'compatible'
    ? { policy, verdict: 'compatible', decidedBy: 'proof' }
    : { policy, verdict: 'unknown', decidedBy: 'nothing', reason: answer.reason };
}
