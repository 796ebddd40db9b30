import type { Formula, Literal } from '../formula.js';
import { MAX_NAME_PATTERNS } from '../limits.js';
import { type Answer, unknown, witness } from './answer.js';
import { holding } from './branch.js';
import type { Solver } from './solver.js';

/** Names that read well as those of members nobody declared. */
const PLAIN_NAMES = ['extra', 'other', 'another', ...Array.from({ length: 16 }, (_, index) => `extra${index + 1}`)];

/** The names an object's schemas treat alike: they match some of the patterns, and are none of those named. */
export interface NameClass {
  readonly matching: readonly string[];
  readonly avoiding: readonly string[];
}

/** The names that literals of an object distinguish, and how to find one of each kind. */
export class ObjectNames {
  /** Names the schemas mention. */
  readonly mentioned: readonly string[];
  /** `null` when there are too many patterns to tell all classes. */
  readonly classes: readonly NameClass[] | null;
  readonly #solver: Solver;
  readonly #rules: readonly Formula[];

  constructor(literals: readonly Literal[], solver: Solver) {
    this.#solver = solver;
    const constraints = literals.map(({ constraint }) => constraint);
    const names = constraints.flatMap((one) =>
      one.kind === 'property' || one.kind === 'required' ? [one.name] : one.kind === 'otherProperties' ? one.names : [],
    );
    this.mentioned = [...new Set(names)];
    const patterns = constraints.flatMap((one) =>
      one.kind === 'patternProperty' ? [one.pattern] : one.kind === 'otherProperties' ? one.patterns : [],
    );
    this.#rules = holding(literals, 'propertyNames').map(({ node }) => node);
    this.classes = classesOf([...new Set(patterns)]);
  }

  /** May an object have a member of this name? */
  allows(name: string): boolean | undefined {
    let isSure = true;
    for (const rule of this.#rules) {
      const truth = this.#solver.evaluator.evaluate(rule, name);
      if (truth === false) return false;
      if (truth === undefined) isSure = false;
    }
    return isSure ? true : undefined;
  }

  /** A name of the class that is neither mentioned nor taken, and satisfies further demands on it. */
  fresh({ matching, avoiding }: NameClass, taken: readonly string[], demands: readonly Formula[]): Answer {
    const { formulas } = this.#solver;
    const pattern = (text: string) => ({ kind: 'pattern', pattern: text }) as const;
    const goals = [
      formulas.types('string'),
      ...matching.map((text) => formulas.holds(pattern(text))),
      ...avoiding.map((text) => formulas.violates(pattern(text))),
      ...this.#rules,
      ...demands,
    ];
    const excluded = [...this.mentioned, ...taken];
    const plain = PLAIN_NAMES.find((name) => !excluded.includes(name) && this.#fits(name, goals));
    if (plain !== undefined) return witness(plain);
    const others = excluded.length === 0 ? [] : [formulas.violates({ kind: 'values', values: excluded })];
    const written = this.#solver.inside([...goals, ...others, formulas.holds({ kind: 'minLength', limit: 1 })]);
    const answer = written.kind === 'witness' ? written : this.#solver.inside([...goals, ...others]);
    return answer.kind === 'witness' && typeof answer.value !== 'string' ? unknown('the name of a member') : answer;
  }

  #fits(name: string, goals: readonly Formula[]): boolean {
    return goals.every((goal) => this.#solver.evaluator.evaluate(goal, name) === true);
  }
}

function classesOf(patterns: readonly string[]): NameClass[] | null {
  if (patterns.length > MAX_NAME_PATTERNS) return null;
  return Array.from({ length: 2 ** patterns.length }, (_, bits) => ({
    matching: patterns.filter((_pattern, index) => (bits & (1 << index)) !== 0),
    avoiding: patterns.filter((_pattern, index) => (bits & (1 << index)) === 0),
  }));
}
