import { checkCompatibility, judgeSchemas, type Policy, type SchemaVerdict } from '../../src/catalog/index.js';
import type { CompatibilityCase } from './case-file.js';

/** A case that did not come out as its source has it. */
export interface Disagreement {
  readonly id: string;
  readonly description: string;
  readonly policy: Policy;
  readonly expected: 'compatible' | 'incompatible';
  readonly got: SchemaVerdict['verdict'];
  readonly why: string;
}

/** How Leeway's verdicts compare with those of the cases' sources. */
export interface Score {
  readonly agree: number;
  readonly disagree: number;
  readonly unknown: number;
  /** "compatible", although the case has an instance that proves otherwise. */
  readonly unsound: number;
  /** Cases without `engine_quirk`: the sum of the first three. */
  readonly scored: number;
  readonly agreement: number;
  /** Agreement if every case were judged under this policy. */
  readonly agreementUnder: Readonly<Record<Policy, number>>;
  /** "incompatible" by a rule of STRICT, with no instance that shows it. */
  readonly byRule: number;
  readonly disagreements: readonly Disagreement[];
}

/** Schemas that do not name their dialect are draft 7 in these files. */
const ASSUMED_DIALECT = 'draft-07';

/** Engines are strict about open objects, unless a case says that it was asked leniently. */
function policyOf({ source, description }: CompatibilityCase): Policy {
  return /lenient/i.test(`${source} ${description}`) ? 'LENIENT' : 'STRICT';
}

/** Judges every case under both policies, and scores it under the one its source uses. */
export function scoreCases(cases: readonly CompatibilityCase[]): Score {
  const judged = cases.map((one) => {
    const under = (policy: Policy): SchemaVerdict =>
      judgeSchemas(one.originalSchema, one.updateSchema, policy, { assumedDialect: ASSUMED_DIALECT });
    const answers = { STRICT: under('STRICT'), LENIENT: under('LENIENT') };
    return { one, answers, answer: answers[policyOf(one)] };
  });
  const scored = judged.filter(({ one }) => !one.engineQuirk);
  const unknown = scored.filter(({ answer }) => answer.verdict === 'unknown').length;
  const agree = scored.filter(({ one, answer }) => answer.verdict === expectedOf(one)).length;
  const agreementUnder = (policy: Policy): number =>
    share(scored.filter(({ one, answers }) => answers[policy].verdict === expectedOf(one)).length, scored.length);
  return {
    agree,
    disagree: scored.length - agree - unknown,
    unknown,
    unsound: judged.filter(({ one, answers }) => Object.values(answers).some((answer) => isUnsound(one, answer)))
      .length,
    scored: scored.length,
    agreement: share(agree, scored.length),
    agreementUnder: { STRICT: agreementUnder('STRICT'), LENIENT: agreementUnder('LENIENT') },
    byRule: scored.filter(({ answer }) => answer.decidedBy === 'rule').length,
    disagreements: scored.flatMap(({ one, answer }) => disagreement(one, answer)),
  };
}

function expectedOf({ compatible }: CompatibilityCase): 'compatible' | 'incompatible' {
  return compatible ? 'compatible' : 'incompatible';
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : Math.round((part / whole) * 10_000) / 10_000;
}

/** A proof against an instance. What LENIENT forgives, and says so, is no proof. */
function isUnsound(
  { originalSchema, updateSchema, counterexample }: CompatibilityCase,
  answer: SchemaVerdict,
): boolean {
  if (answer.decidedBy !== 'proof' || counterexample === null) return false;
  const only = { const: counterexample.instance };
  const accepts = (schema: unknown) => checkCompatibility(only, schema, { assumedDialect: ASSUMED_DIALECT }).verdict;
  return accepts(originalSchema) === 'compatible' && accepts(updateSchema) === 'incompatible';
}

function disagreement(one: CompatibilityCase, answer: SchemaVerdict): Disagreement[] {
  const expected = expectedOf(one);
  if (answer.verdict === expected) return [];
  return [
    {
      id: one.id,
      description: one.description,
      policy: answer.policy,
      expected,
      got: answer.verdict,
      why: whyOf(answer),
    },
  ];
}

function whyOf(answer: SchemaVerdict): string {
  switch (answer.decidedBy) {
    case 'proof':
      return 'every instance of the original is one of the update';
    case 'policy':
      return `forgiven: ${answer.forgiven.join(', ')}`;
    case 'counterexample':
      return `${JSON.stringify(answer.instance)}: ${answer.path || 'the whole'} ${answer.reason}`;
    case 'rule':
    case 'nothing':
      return answer.reason;
  }
}
