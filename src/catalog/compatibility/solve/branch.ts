import {
  ALL_TYPES,
  type AnyFormula,
  type Constraint,
  type ConstraintKind,
  type ConstraintOf,
  type Formula,
  type Formulas,
  guardOf,
  type Literal,
  type TypeSet,
} from '../formula.js';

/** References followed in one place: a schema that refers to itself there has no end. */
const MAX_REFERENCES_IN_PLACE = 200;

/** What must hold of a value at once, as far as choices were made: literals, and the choices still open. */
export class Branch {
  readonly #formulas: Formulas;
  readonly #asserted: Set<Formula>;
  #choices: AnyFormula[];
  #types: TypeSet;
  #references: number;
  readonly literals: Literal[];

  private constructor(formulas: Formulas, from: Branch | null) {
    this.#formulas = formulas;
    this.#asserted = new Set(from === null ? [] : from.#asserted);
    this.#choices = from === null ? [] : [...from.#choices];
    this.#types = from === null ? ALL_TYPES : from.#types;
    this.#references = from === null ? 0 : from.#references;
    this.literals = from === null ? [] : [...from.literals];
  }

  static start(formulas: Formulas): Branch {
    return new Branch(formulas, null);
  }

  fork(): Branch {
    return new Branch(this.#formulas, this);
  }

  get types(): TypeSet {
    return this.#types;
  }

  get choices(): readonly AnyFormula[] {
    return this.#choices;
  }

  /** @returns false on a contradiction */
  assert(...formulas: readonly Formula[]): boolean {
    const pending = [...formulas];
    for (let formula = pending.pop(); formula !== undefined; formula = pending.pop()) {
      if (formula.kind === 'never') return false;
      if (formula.kind === 'always' || this.#asserted.has(formula)) continue;
      if (this.#asserted.has(this.#formulas.not(formula))) return false;
      this.#asserted.add(formula);
      if (formula.kind === 'all') pending.push(...formula.of);
      else if (formula.kind === 'any') this.#choices.push(formula);
      else if (formula.kind === 'reference') {
        this.#references += 1;
        if (this.#references <= MAX_REFERENCES_IN_PLACE) pending.push(formula.resolve());
      } else if (!this.#assertLiteral(formula)) return false;
    }
    return true;
  }

  #assertLiteral(literal: Literal): boolean {
    this.literals.push(literal);
    this.#types &= allowedTypes(literal);
    return this.#types !== 0;
  }

  /**
   * Drops choices that are made already and alternatives that contradict what is asserted.
   *
   * @returns false when a choice has no alternative left
   */
  settle(): boolean {
    for (let changed = true; changed; ) {
      changed = false;
      for (const choice of this.#choices) {
        if (choice.of.some((one) => this.#asserted.has(one))) {
          this.dropChoice(choice);
          changed = true;
          continue;
        }
        const possible = choice.of.filter((one) => this.#isPossible(one));
        if (possible.length === choice.of.length) continue;
        this.dropChoice(choice);
        if (!this.assert(this.#formulas.any(possible))) return false;
        changed = true;
      }
    }
    return true;
  }

  dropChoice(choice: AnyFormula): void {
    this.#choices = this.#choices.filter((one) => one !== choice);
  }

  #isPossible(formula: Formula): boolean {
    if (formula.kind === 'never' || this.#asserted.has(this.#formulas.not(formula))) return false;
    if (formula.kind === 'all') return formula.of.every((one) => this.#isPossible(one));
    if (formula.kind === 'holds' || formula.kind === 'violates') return (this.#types & allowedTypes(formula)) !== 0;
    return true;
  }
}

/** The types of the values that can satisfy a literal. A violated constraint is violated by a value of its own types. */
function allowedTypes({ kind, constraint }: Literal): TypeSet {
  if (constraint.kind === 'types') return kind === 'holds' ? constraint.types : ALL_TYPES & ~constraint.types;
  return kind === 'holds' ? ALL_TYPES : guardOf(constraint);
}

/** The constraints of some kinds that must hold. */
export function holding<K extends ConstraintKind>(literals: readonly Literal[], ...kinds: K[]): ConstraintOf<K>[] {
  return constraints(literals, 'holds', kinds);
}

/** The constraints of some kinds that must be violated. */
export function violated<K extends ConstraintKind>(literals: readonly Literal[], ...kinds: K[]): ConstraintOf<K>[] {
  return constraints(literals, 'violates', kinds);
}

function constraints<K extends ConstraintKind>(
  literals: readonly Literal[],
  wanted: Literal['kind'],
  kinds: readonly K[],
): ConstraintOf<K>[] {
  const isOfKind = (constraint: Constraint): constraint is ConstraintOf<K> =>
    kinds.some((kind) => kind === constraint.kind);
  return literals.flatMap(({ kind, constraint }) => (kind === wanted && isOfKind(constraint) ? [constraint] : []));
}

/** Why something about the literals is not known. */
export function reasonOf(literals: readonly Literal[]): string {
  const opaque = literals.find(({ constraint }) => constraint.kind === 'opaque');
  if (opaque?.constraint.kind === 'opaque') return `${opaque.constraint.reason} is not analysed`;
  const kinds = [...new Set(literals.map(({ constraint }) => constraint.kind))].filter((kind) => kind !== 'types');
  return `${kinds.join(', ')} together are not decided`;
}
