import { Evaluator } from '../evaluate.js';
import { type Formula, type Formulas, JSON_TYPES, type JsonType, type Literal, typeSet } from '../formula.js';
import { MAX_ENUMERATED, MAX_STEPS, MAX_VALUE_DEPTH } from '../limits.js';
import { RegularLanguages } from '../regular-language/index.js';
import { type Answer, firstWitness, NONE, unknown, witness } from './answer.js';
import { solveArray } from './arrays.js';
import { Branch, holding, reasonOf } from './branch.js';
import { solveNumber } from './numbers.js';
import { solveObject } from './objects.js';
import { solveString } from './strings.js';

/** A question under way: how deep inside the value, and how many questions were under way before it. */
interface Underway {
  readonly level: number;
  readonly depth: number;
}

/** The depths of the open questions that an answer relies on: the outermost and the innermost of them. */
interface Reliance {
  readonly outermost: number;
  readonly innermost: number;
}

const RELIES_ON_NOTHING: Reliance = { outermost: Number.POSITIVE_INFINITY, innermost: -1 };

const OUT_OF_STEPS = `not decided within ${MAX_STEPS} steps`;

/**
 * Decides whether a formula has a value, by a tableau: choices are tried until literals are left, and those are
 * decided for each JSON type, which asks the same of elements and members.
 *
 * Schemas may contain themselves. A question that comes up again inside a value while it is still open is answered
 * with "none": a smallest value of a kind has no part of the same kind. Answers that rely on this are forgotten with
 * the question they rely on.
 */
export class Solver {
  readonly formulas: Formulas;
  readonly languages = new RegularLanguages();
  readonly evaluator = new Evaluator(this.languages);
  /** Names the writer does not declare and the reader does, which LENIENT forgave. */
  readonly forgiven = new Set<string>();
  readonly #answers = new Map<string, Answer>();
  readonly #underway = new Map<string, Underway>();
  /** Answers that hold while the questions they rely on are open, and those of them that end with each depth. */
  readonly #provisional = new Map<string, { readonly answer: Answer; readonly relies: Reliance }>();
  readonly #endingWith = new Map<number, string[]>();
  #relies: Reliance = RELIES_ON_NOTHING;
  #level = 0;
  #steps = 0;

  constructor(formulas: Formulas) {
    this.formulas = formulas;
  }

  /** Spends a step. False when all are spent: then the answer is unknown. */
  step(): boolean {
    this.#steps += 1;
    return this.#steps <= MAX_STEPS;
  }

  /** Is there a value for an element or a member of the value that is looked for? */
  inside(goals: readonly Formula[]): Answer {
    if (this.#level >= MAX_VALUE_DEPTH) return unknown(`a value nested deeper than ${MAX_VALUE_DEPTH}`);
    this.#level += 1;
    try {
      return this.satisfy(goals);
    } finally {
      this.#level -= 1;
    }
  }

  /** Is there a value that satisfies all of the formulas? */
  satisfy(goals: readonly Formula[]): Answer {
    const key = [...new Set(goals)]
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join(' ');
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const open = this.#underway.get(key);
    if (open !== undefined) {
      if (open.level === this.#level) return unknown('a schema that refers to itself in place');
      this.#relyOn({ outermost: open.depth, innermost: open.depth });
      return NONE;
    }
    const provisional = this.#provisional.get(key);
    if (provisional === undefined) return this.#ask(key, goals);
    this.#relyOn(provisional.relies);
    return provisional.answer;
  }

  #ask(key: string, goals: readonly Formula[]): Answer {
    const depth = this.#underway.size;
    const before = this.#relies;
    this.#underway.set(key, { level: this.#level, depth });
    this.#relies = RELIES_ON_NOTHING;
    const answer = firstWitness(this.answers(goals));
    this.#underway.delete(key);
    for (const ended of this.#endingWith.get(depth) ?? []) this.#provisional.delete(ended);
    this.#endingWith.delete(depth);
    const { outermost, innermost } = this.#relies;
    this.#relies = before;
    // What relies on this question only relies on nothing any more.
    if (outermost >= depth || answer.kind === 'witness') this.#answers.set(key, answer);
    else this.#keepWhileOpen(key, answer, { outermost, innermost: Math.min(innermost, depth - 1) });
    return answer;
  }

  #keepWhileOpen(key: string, answer: Answer, relies: Reliance): void {
    this.#provisional.set(key, { answer, relies });
    this.#endingWith.set(relies.innermost, [...(this.#endingWith.get(relies.innermost) ?? []), key]);
    this.#relyOn(relies);
  }

  #relyOn({ outermost, innermost }: Reliance): void {
    this.#relies = {
      outermost: Math.min(this.#relies.outermost, outermost),
      innermost: Math.max(this.#relies.innermost, innermost),
    };
  }

  /** The answers of all branches, a branch for each way in which the goals' choices can be made and each JSON type. */
  *answers(goals: readonly Formula[]): Generator<Answer> {
    const branch = Branch.start(this.formulas);
    if (branch.assert(...goals)) yield* this.#branches(branch);
  }

  *#branches(branch: Branch): Generator<Answer> {
    if (!this.step()) {
      yield unknown(OUT_OF_STEPS);
      return;
    }
    if (!branch.settle() || !this.#lookAhead(branch)) return;
    const choice = branch.choices.toSorted((a, b) => a.of.length - b.of.length)[0];
    if (choice === undefined) {
      yield* this.#leaf(branch);
      return;
    }
    branch.dropChoice(choice);
    for (const alternative of choice.of) {
      const next = branch.fork();
      if (next.assert(alternative)) yield* this.#branches(next);
    }
  }

  /**
   * With several open choices the branches multiply. Alternatives that are impossible on their own go first, and
   * choices that hold anyway: that keeps unions told apart by a constant from exploding.
   *
   * @returns false when a choice has no alternative left
   */
  #lookAhead(branch: Branch): boolean {
    if (branch.choices.length < 2) return true;
    for (const choice of branch.choices) {
      if (!branch.choices.includes(choice)) continue;
      const possible = choice.of.filter((one) => this.satisfy([...branch.literals, one]).kind !== 'none');
      const isImplied = possible.some(
        (one) => this.satisfy([...branch.literals, this.formulas.not(one)]).kind === 'none',
      );
      if (!isImplied && possible.length === choice.of.length) continue;
      branch.dropChoice(choice);
      if (!isImplied && !branch.assert(this.formulas.any(possible))) return false;
      if (!branch.settle()) return false;
    }
    return true;
  }

  *#leaf(branch: Branch): Generator<Answer> {
    const { literals, types } = branch;
    const [fewest] = holding(literals, 'values').sort((a, b) => a.values.length - b.values.length);
    if (fewest !== undefined) {
      yield this.amongValues(fewest.values, literals);
      return;
    }
    for (const type of JSON_TYPES) {
      if ((types & typeSet(type)) !== 0) yield this.#ofType(type, literals);
    }
  }

  /** Which of these values satisfies the literals? The values are all there are. */
  amongValues(values: readonly unknown[], literals: readonly Literal[]): Answer {
    if (values.length > MAX_ENUMERATED) return unknown(`more than ${MAX_ENUMERATED} values`);
    let isUnsure = false;
    for (const value of values) {
      const truth = this.satisfies(value, literals);
      if (truth === true) return witness(value);
      if (truth === undefined) isUnsure = true;
    }
    return isUnsure ? unknown(reasonOf(literals)) : NONE;
  }

  satisfies(value: unknown, literals: readonly Literal[]): boolean | undefined {
    let isSure = true;
    for (const literal of literals) {
      const truth = this.evaluator.evaluate(literal, value);
      if (truth === false) return false;
      if (truth === undefined) isSure = false;
    }
    return isSure ? true : undefined;
  }

  #ofType(type: JsonType, literals: readonly Literal[]): Answer {
    switch (type) {
      case 'null':
        return this.amongValues([null], literals);
      case 'boolean':
        return this.amongValues([true, false], literals);
      case 'number':
        return solveNumber(literals, this);
      case 'string':
        return solveString(literals, this);
      case 'array':
        return solveArray(literals, this);
      case 'object':
        return solveObject(literals, this);
    }
  }
}
