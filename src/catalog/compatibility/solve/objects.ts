import type { Formula, Literal } from '../formula.js';
import { identityOf } from '../json.js';
import { MAX_PLACEMENTS, MAX_VALUE_MEMBERS } from '../limits.js';
import { type Answer, firstWitness, NONE, unknown, witness } from './answer.js';
import { holding, reasonOf, violated } from './branch.js';
import { type NameClass, ObjectNames } from './names.js';
import type { Solver } from './solver.js';

/** Something that a member must satisfy, whose name is of a kind. */
interface Demand {
  /** Of a mentioned name: is it of the kind? */
  fitsName(name: string): boolean | undefined;
  fitsClass(names: NameClass): boolean;
  /** Further demands on a name that no schema mentions. */
  readonly ofName: readonly Formula[];
  readonly goal: Formula;
}

/** What must be true of the members that the object will have. */
interface Member {
  /** `null` for a name that no schema mentions. */
  readonly names: NameClass | null;
  readonly goals: readonly Formula[];
}

/**
 * Is there an object? Members that must exist are collected, demands for a member of some kind are placed at each
 * name that could hold it: the names that schemas mention, and one of each class of other names.
 */
export function solveObject(literals: readonly Literal[], solver: Solver): Answer {
  return new ObjectSolver(literals, solver).solve();
}

class ObjectSolver {
  readonly #literals: readonly Literal[];
  readonly #solver: Solver;
  readonly #names: ObjectNames;
  readonly #absent: ReadonlySet<string>;
  readonly #minProperties: number;
  readonly #maxProperties: number;
  #placements = 0;

  constructor(literals: readonly Literal[], solver: Solver) {
    this.#literals = literals;
    this.#solver = solver;
    this.#names = new ObjectNames(literals, solver);
    this.#absent = new Set(violated(literals, 'required').map(({ name }) => name));
    this.#minProperties = Math.max(
      0,
      ...holding(literals, 'minProperties').map(({ limit }) => Math.ceil(limit)),
      ...violated(literals, 'maxProperties').map(({ limit }) => Math.floor(limit) + 1),
    );
    this.#maxProperties = Math.min(
      Number.POSITIVE_INFINITY,
      ...holding(literals, 'maxProperties').map(({ limit }) => Math.floor(limit)),
      ...violated(literals, 'minProperties').map(({ limit }) => Math.ceil(limit) - 1),
    );
  }

  solve(): Answer {
    if (this.#minProperties > this.#maxProperties) return NONE;
    if (this.#minProperties > MAX_VALUE_MEMBERS) return unknown('an object with very many members');
    const members = new Map<string, Member>();
    for (const { name } of holding(this.#literals, 'required')) members.set(name, { names: null, goals: [] });
    for (const { name, node } of violated(this.#literals, 'property')) {
      if (this.#isForgiven(name)) return NONE;
      const before = members.get(name)?.goals ?? [];
      members.set(name, { names: null, goals: [...before, this.#solver.formulas.not(node)] });
    }
    if ([...members.keys()].some((name) => this.#absent.has(name))) return NONE;
    return firstWitness(this.#place(this.#demands(), members));
  }

  /**
   * LENIENT: a member that the writer's schema does not declare, where it declares others, is not written, so it is
   * no objection that the reader declares it otherwise.
   */
  #isForgiven(name: string): boolean {
    const declared = holding(this.#literals, 'declares');
    if (declared.length === 0 || declared.some(({ names, others }) => others || names.includes(name))) return false;
    const isOfPattern = holding(this.#literals, 'patternProperty').some(
      ({ pattern }) => this.#solver.languages.matches(pattern, name) !== false,
    );
    if (isOfPattern || holding(this.#literals, 'required').some((required) => required.name === name)) return false;
    this.#solver.forgiven.add(name);
    return true;
  }

  #demands(): Demand[] {
    const { formulas, languages, evaluator } = this.#solver;
    return [
      ...violated(this.#literals, 'patternProperty').map(({ pattern, node }) => ({
        fitsName: (name: string) => languages.matches(pattern, name),
        fitsClass: ({ matching }: NameClass) => matching.includes(pattern),
        ofName: [],
        goal: formulas.not(node),
      })),
      ...violated(this.#literals, 'otherProperties').map((others) => ({
        fitsName: (name: string) => evaluator.isOther(others, name),
        fitsClass: ({ matching }: NameClass) => !others.patterns.some((pattern) => matching.includes(pattern)),
        ofName: [],
        goal: formulas.not(others.node),
      })),
      ...violated(this.#literals, 'propertyNames').map(({ node }) => ({
        fitsName: (name: string) => evaluator.evaluate(formulas.not(node), name),
        fitsClass: () => true,
        ofName: [formulas.not(node)],
        goal: formulas.always,
      })),
    ];
  }

  *#place(demands: readonly Demand[], members: ReadonlyMap<string, Member>): Generator<Answer> {
    this.#placements += 1;
    if (this.#placements > MAX_PLACEMENTS || !this.#solver.step()) {
      yield unknown('too many ways to name what an object must contain');
      return;
    }
    const [demand, ...others] = demands;
    if (demand === undefined) {
      yield this.#fill(members);
      return;
    }
    yield* this.#placeFresh(demand, others, members);
    for (const name of new Set([...this.#names.mentioned, ...members.keys()])) {
      const before = members.get(name);
      const fits = before?.names == null ? demand.fitsName(name) : demand.fitsClass(before.names);
      if (fits === false || this.#absent.has(name)) continue;
      const goals = [...(before?.goals ?? []), demand.goal];
      yield* this.#place(others, new Map([...members, [name, { names: before?.names ?? null, goals }]]));
    }
  }

  /** The demand at a name that no schema mentions, of each class. */
  *#placeFresh(demand: Demand, others: readonly Demand[], members: ReadonlyMap<string, Member>): Generator<Answer> {
    if (this.#names.classes === null) {
      yield unknown('an object with too many patterns of names');
      return;
    }
    for (const names of this.#names.classes) {
      if (!demand.fitsClass(names)) continue;
      // Impossible wherever it is: no need for a name.
      if (this.#solver.inside([...this.#goalsOfClass(names), demand.goal]).kind === 'none') continue;
      const name = this.#names.fresh(names, [...members.keys()], demand.ofName);
      if (name.kind === 'unknown') yield name;
      if (name.kind !== 'witness') continue;
      yield* this.#place(others, new Map([...members, [String(name.value), { names, goals: [demand.goal] }]]));
    }
  }

  #fill(members: ReadonlyMap<string, Member>): Answer {
    if (members.size > this.#maxProperties) return this.#tooMany(members);
    const object = new Map<string, unknown>();
    let open: Answer | null = null;
    for (const [name, member] of members) {
      const answer = this.#member(name, member);
      if (answer.kind === 'none') return NONE;
      if (answer.kind === 'unknown') open ??= answer;
      else object.set(name, answer.value);
    }
    if (open !== null) return open;
    const lacking = object.size < this.#minProperties ? this.#pad(object) : null;
    return lacking ?? this.#checked(object);
  }

  /** Members that no schema names might share a name; then fewer would do. */
  #tooMany(members: ReadonlyMap<string, Member>): Answer {
    const fresh = [...members.values()].filter(({ names }) => names !== null).length;
    return fresh > 1 ? unknown('maxProperties with several kinds of names') : NONE;
  }

  #member(name: string, { names, goals }: Member): Answer {
    const isAllowed = this.#names.allows(name);
    if (isAllowed === false) return NONE;
    const general = names === null ? this.#goalsOf(name) : this.#goalsOfClass(names);
    if (general === null || isAllowed === undefined) return unknown(reasonOf(this.#literals));
    return this.#solver.inside([...general, ...goals]);
  }

  /** What the schemas demand of a member of this name; `null` when a pattern cannot be decided. */
  #goalsOf(name: string): Formula[] | null {
    const goals = holding(this.#literals, 'property').flatMap((one) => (one.name === name ? [one.node] : []));
    for (const { pattern, node } of holding(this.#literals, 'patternProperty')) {
      const matches = this.#solver.languages.matches(pattern, name);
      if (matches === undefined) return null;
      if (matches) goals.push(node);
    }
    for (const others of holding(this.#literals, 'otherProperties')) {
      const isOther = this.#solver.evaluator.isOther(others, name);
      if (isOther === undefined) return null;
      if (isOther) goals.push(others.node);
    }
    return goals;
  }

  #goalsOfClass({ matching }: NameClass): Formula[] {
    const byPattern = holding(this.#literals, 'patternProperty').filter(({ pattern }) => matching.includes(pattern));
    const byExclusion = holding(this.#literals, 'otherProperties').filter(
      ({ patterns }) => !patterns.some((pattern) => matching.includes(pattern)),
    );
    return [...byPattern, ...byExclusion].map(({ node }) => node);
  }

  /** Adds members until there are enough. @returns `null` once there are */
  #pad(object: Map<string, unknown>): Answer | null {
    let open: Answer | null = null;
    const add = (name: string, answer: Answer): void => {
      if (answer.kind === 'witness') object.set(name, answer.value);
      if (answer.kind === 'unknown') open ??= answer;
    };
    for (const name of this.#names.mentioned) {
      if (object.size >= this.#minProperties) return null;
      if (!object.has(name) && !this.#absent.has(name)) add(name, this.#member(name, { names: null, goals: [] }));
    }
    if (this.#names.classes === null) return unknown('an object with too many patterns of names');
    for (const names of this.#names.classes) {
      const value = this.#solver.inside(this.#goalsOfClass(names));
      if (value.kind === 'unknown') open ??= value;
      while (value.kind === 'witness' && object.size < this.#minProperties) {
        const name = this.#names.fresh(names, [...object.keys()], []);
        if (name.kind === 'unknown') open ??= name;
        if (name.kind !== 'witness') break;
        add(String(name.value), value);
      }
    }
    return object.size >= this.#minProperties ? null : (open ?? NONE);
  }

  #checked(members: ReadonlyMap<string, unknown>): Answer {
    const object = Object.fromEntries(members);
    if (this.#solver.satisfies(object, this.#literals) !== false) return witness(object);
    const excluded = violated(this.#literals, 'values').flatMap(({ values }) => values.map(identityOf));
    return (excluded.includes(identityOf(object)) ? this.#larger(members) : null) ?? unknown(reasonOf(this.#literals));
  }

  /** The object is one of those excluded by name: one with a further member is not. */
  #larger(members: ReadonlyMap<string, unknown>): Answer | null {
    if (members.size + 1 > this.#maxProperties) return null;
    const names: readonly NameClass[] = this.#names.classes ?? [];
    for (const one of names) {
      const name = this.#names.fresh(one, [...members.keys()], []);
      const value = this.#solver.inside(this.#goalsOfClass(one));
      if (name.kind !== 'witness' || value.kind !== 'witness') continue;
      const larger = Object.fromEntries([...members, [String(name.value), value.value]]);
      if (this.#solver.satisfies(larger, this.#literals) !== false) return witness(larger);
    }
    return null;
  }
}
