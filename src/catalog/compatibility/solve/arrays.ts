import type { Formula, Literal } from '../formula.js';
import { identityOf } from '../json.js';
import { MAX_PLACEMENTS, MAX_VALUE_MEMBERS } from '../limits.js';
import { type Answer, firstWitness, NONE, unknown, witness } from './answer.js';
import { holding, reasonOf, violated } from './branch.js';
import type { Solver } from './solver.js';

/** Something an element at or after `from` must satisfy. */
interface Demand {
  readonly from: number;
  readonly goal: Formula;
  /** Demands of the same number need elements of their own. */
  readonly group: number;
}

/** What is demanded of the elements at some positions. */
type Placement = ReadonlyMap<number, readonly Demand[]>;

/**
 * Is there an array? Every demand for an element somewhere is placed at each position that could hold it. Positions
 * beyond all that schemas number are alike, so the first of them stand for all.
 */
export function solveArray(literals: readonly Literal[], solver: Solver): Answer {
  return new ArraySolver(literals, solver).solve();
}

class ArraySolver {
  readonly #literals: readonly Literal[];
  readonly #solver: Solver;
  readonly #minItems: number;
  readonly #maxItems: number;
  /** From here on all positions are alike. */
  readonly #alikeFrom: number;
  readonly #isUnique: boolean;
  #placements = 0;

  constructor(literals: readonly Literal[], solver: Solver) {
    this.#literals = literals;
    this.#solver = solver;
    this.#minItems = Math.max(
      0,
      ...holding(literals, 'minItems').map(({ limit }) => Math.ceil(limit)),
      ...violated(literals, 'maxItems').map(({ limit }) => Math.floor(limit) + 1),
      ...violated(literals, 'itemAt').map(({ index }) => index + 1),
    );
    this.#maxItems = Math.min(
      Number.POSITIVE_INFINITY,
      ...holding(literals, 'maxItems').map(({ limit }) => Math.floor(limit)),
      ...violated(literals, 'minItems').map(({ limit }) => Math.ceil(limit) - 1),
    );
    const constraints = literals.map(({ constraint }) => constraint);
    const numbered = constraints.map((one) =>
      one.kind === 'itemAt' ? one.index + 1 : one.kind === 'itemsFrom' ? one.start : 0,
    );
    this.#alikeFrom = Math.max(0, ...numbered);
    this.#isUnique = holding(literals, 'uniqueItems').length > 0;
  }

  solve(): Answer {
    if (this.#minItems > this.#maxItems) return NONE;
    if (Math.max(this.#minItems, this.#alikeFrom) > MAX_VALUE_MEMBERS)
      return unknown('an array with very many elements');
    const demands = this.#demands();
    if (demands === null) return unknown('contains with a very large count');
    if (violated(this.#literals, 'uniqueItems').length === 0) return firstWitness(this.#place(demands, new Map()));
    return firstWitness(this.#withTwins(demands));
  }

  #demands(): Demand[] | null {
    const demands: Demand[] = [];
    let group = 0;
    const { formulas } = this.#solver;
    for (const { start, node } of violated(this.#literals, 'itemsFrom')) {
      demands.push({ from: start, goal: formulas.not(node), group: group++ });
    }
    const counted = [
      ...holding(this.#literals, 'containsAtLeast').map(({ node, count }) => ({ node, count: Math.ceil(count) })),
      ...violated(this.#literals, 'containsAtMost').map(({ node, count }) => ({ node, count: Math.floor(count) + 1 })),
    ];
    for (const { node, count } of counted) {
      if (demands.length + count > MAX_VALUE_MEMBERS) return null;
      for (let index = 0; index < count; index += 1) demands.push({ from: 0, goal: node, group });
      group += 1;
    }
    return demands;
  }

  /** An array that is not unique has two equal elements, at some two positions. */
  *#withTwins(demands: readonly Demand[]): Generator<Answer> {
    const last = this.#alikeFrom + 1;
    for (let second = 1; second <= last; second += 1) {
      for (let first = 0; first < second; first += 1) {
        yield* this.#place(demands, new Map(), [first, second]);
      }
    }
  }

  /** Places the demands one after the other, at every position each may take. */
  *#place(
    demands: readonly Demand[],
    placed: Placement,
    twins: readonly [number, number] | null = null,
  ): Generator<Answer> {
    this.#placements += 1;
    if (this.#placements > MAX_PLACEMENTS || !this.#solver.step()) {
      yield unknown('too many ways to place what an array must contain');
      return;
    }
    const [demand, ...others] = demands;
    if (demand === undefined) {
      yield this.#fill(placed, twins);
      return;
    }
    for (const position of this.#positionsFor(demand, placed, twins)) {
      const here = placed.get(position) ?? [];
      yield* this.#place(others, new Map([...placed, [position, [...here, demand]]]), twins);
    }
  }

  /** Numbered positions, those that hold something already, and one new one of those that are all alike. */
  #positionsFor(demand: Demand, placed: Placement, twins: readonly number[] | null): number[] {
    const lastUsed = Math.max(this.#alikeFrom - 1, ...placed.keys(), ...(twins ?? []));
    const positions = Array.from({ length: lastUsed + 2 - demand.from }, (_, index) => demand.from + index);
    // The new one first: a demand is easiest to meet where nothing else is asked.
    return positions
      .reverse()
      .filter((position) => position < this.#maxItems)
      .filter((position) => !(placed.get(position) ?? []).some(({ group }) => group === demand.group));
  }

  #fill(placed: Placement, twins: readonly [number, number] | null): Answer {
    const length = Math.max(
      this.#minItems,
      ...[...placed.keys()].map((position) => position + 1),
      (twins?.[1] ?? -1) + 1,
    );
    if (length > this.#maxItems) return NONE;
    if (length > MAX_VALUE_MEMBERS) return unknown('an array with very many elements');
    const goals = Array.from({ length }, (_, position) => this.#goalsAt(position, placed));
    if (twins !== null) this.#unite(goals, twins);
    const elements: unknown[] = [];
    for (const [position, goal] of goals.entries()) {
      const isSecondTwin = twins?.[1] === position;
      const answer = isSecondTwin ? witness(elements[twins[0]]) : this.#element(goal, elements, goals);
      if (answer.kind !== 'witness') return answer;
      elements.push(answer.value);
    }
    return this.#checked(elements, placed);
  }

  #unite(goals: Formula[][], [first, second]: readonly [number, number]): void {
    const both = [...(goals[first] ?? []), ...(goals[second] ?? [])];
    goals[first] = both;
    goals[second] = both;
  }

  #element(goal: readonly Formula[], before: readonly unknown[], all: readonly (readonly Formula[])[]): Answer {
    const { formulas } = this.#solver;
    if (!this.#isUnique) return this.#avoiding(goal);
    const different = before.length === 0 ? [] : [formulas.violates({ kind: 'values', values: before })];
    const answer = this.#avoiding([...goal, ...different]);
    if (answer.kind !== 'none' || before.length === 0) return answer;
    // With another choice before, there might be room: unless all elements are of one kind, whose values are all taken.
    const isUniform = all.every((one) => identityOf(one.map(({ id }) => id)) === identityOf(goal.map(({ id }) => id)));
    return isUniform || this.#solver.inside(goal).kind === 'none' ? answer : unknown('uniqueItems of different kinds');
  }

  /** An element that does not count towards a limit of `contains`, if it need not. */
  #avoiding(goal: readonly Formula[]): Answer {
    const limited = this.#limitedNodes();
    if (limited.length > 0) {
      const answer = this.#solver.inside([...goal, ...limited.map((node) => this.#solver.formulas.not(node))]);
      if (answer.kind === 'witness') return answer;
    }
    return this.#solver.inside(goal);
  }

  #limitedNodes(): Formula[] {
    return [...holding(this.#literals, 'containsAtMost'), ...violated(this.#literals, 'containsAtLeast')].map(
      ({ node }) => node,
    );
  }

  #goalsAt(position: number, placed: Placement): Formula[] {
    const { formulas } = this.#solver;
    return [
      ...holding(this.#literals, 'itemAt').flatMap(({ index, node }) => (index === position ? [node] : [])),
      ...holding(this.#literals, 'itemsFrom').flatMap(({ start, node }) => (start <= position ? [node] : [])),
      ...violated(this.#literals, 'itemAt').flatMap(({ index, node }) =>
        index === position ? [formulas.not(node)] : [],
      ),
      ...this.#forbidden().map((node) => formulas.not(node)),
      ...(placed.get(position) ?? []).map(({ goal }) => goal),
    ];
  }

  /** What no element may be. */
  #forbidden(): Formula[] {
    return [
      ...holding(this.#literals, 'containsAtMost').flatMap(({ node, count }) => (count < 1 ? [node] : [])),
      ...violated(this.#literals, 'containsAtLeast').flatMap(({ node, count }) => (count <= 1 ? [node] : [])),
    ];
  }

  #checked(elements: readonly unknown[], placed: Placement): Answer {
    const truth = this.#solver.satisfies(elements, this.#literals);
    if (truth !== false) return witness(elements);
    const excluded = violated(this.#literals, 'values').flatMap(({ values }) => values.map(identityOf));
    const isExcluded = excluded.includes(identityOf(elements));
    return (isExcluded ? this.#longer(elements, placed) : null) ?? unknown(reasonOf(this.#literals));
  }

  /** The array is one of those excluded by name: one with a further element is not. */
  #longer(elements: readonly unknown[], placed: Placement): Answer | null {
    if (elements.length + 1 > this.#maxItems) return null;
    const answer = this.#solver.inside(this.#goalsAt(elements.length, placed));
    if (answer.kind !== 'witness') return null;
    const longer = [...elements, answer.value];
    return this.#solver.satisfies(longer, this.#literals) === false ? null : witness(longer);
  }
}
