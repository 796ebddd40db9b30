import { identityOf } from './json.js';

/** JSON's types. An integer is a number with a further constraint, as in JSON Schema since draft 6. */
export const JSON_TYPES = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const;
export type JsonType = (typeof JSON_TYPES)[number];

/** A set of JSON types, one bit each. */
export type TypeSet = number;

export function typeSet(...types: readonly JsonType[]): TypeSet {
  return types.reduce((set, type) => set | (1 << JSON_TYPES.indexOf(type)), 0);
}

export const ALL_TYPES = typeSet(...JSON_TYPES);

export function typeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'boolean' || type === 'number' || type === 'string' ? type : 'object';
}

/** One keyword's demand on the values of one type; it says nothing about values of other types. */
export type Constraint =
  | { readonly kind: 'types'; readonly types: TypeSet }
  | { readonly kind: 'values'; readonly values: readonly unknown[] }
  /** Something that is not analysed: nothing is known of it but that it equals itself. */
  | { readonly kind: 'opaque'; readonly reason: string; readonly identity: string }
  | { readonly kind: 'integer' }
  | { readonly kind: 'minimum' | 'maximum'; readonly limit: number; readonly exclusive: boolean }
  | { readonly kind: 'multipleOf'; readonly divisor: number }
  | { readonly kind: 'minLength' | 'maxLength'; readonly limit: number }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'format'; readonly format: string }
  | { readonly kind: 'minItems' | 'maxItems'; readonly limit: number }
  | { readonly kind: 'uniqueItems' }
  /** The element at `index`, if there is one. */
  | { readonly kind: 'itemAt'; readonly index: number; readonly node: Formula }
  /** Every element from `start` on. */
  | { readonly kind: 'itemsFrom'; readonly start: number; readonly node: Formula }
  | { readonly kind: 'containsAtLeast' | 'containsAtMost'; readonly node: Formula; readonly count: number }
  | { readonly kind: 'minProperties' | 'maxProperties'; readonly limit: number }
  | { readonly kind: 'required'; readonly name: string }
  /** The member of this name, if there is one. */
  | { readonly kind: 'property'; readonly name: string; readonly node: Formula }
  | { readonly kind: 'patternProperty'; readonly pattern: string; readonly node: Formula }
  /** Every member whose name is none of `names` and matches none of `patterns`. */
  | {
      readonly kind: 'otherProperties';
      readonly names: readonly string[];
      readonly patterns: readonly string[];
      readonly node: Formula;
    }
  | { readonly kind: 'propertyNames'; readonly node: Formula }
  /** No constraint: a schema of the writer that declares these names (and perhaps all others) at this place. */
  | { readonly kind: 'declares'; readonly names: readonly string[]; readonly others: boolean };

export type ConstraintKind = Constraint['kind'];
export type ConstraintOf<K extends ConstraintKind> = Extract<Constraint, { kind: K }>;

/** A schema as a formula of constraints in negation normal form. Equal formulas of one {@link Formulas} are one object. */
export type Formula = { readonly id: number } & (
  | { readonly kind: 'always' }
  | { readonly kind: 'never' }
  | { readonly kind: 'all'; readonly of: readonly Formula[] }
  | { readonly kind: 'any'; readonly of: readonly Formula[] }
  | { readonly kind: 'holds'; readonly constraint: Constraint }
  | { readonly kind: 'violates'; readonly constraint: Constraint }
  /** A `$ref`: compiled when it is reached, since schemas may contain themselves. */
  | { readonly kind: 'reference'; readonly negated: boolean; readonly key: string; readonly resolve: () => Formula }
);

export type AnyFormula = Extract<Formula, { kind: 'any' }>;
/** A constraint that must hold, or must not. */
export type Literal = Extract<Formula, { kind: 'holds' | 'violates' }>;

type Shape = Formula extends infer F ? (F extends Formula ? Omit<F, 'id'> : never) : never;

const GUARDS: Readonly<Record<ConstraintKind, TypeSet>> = {
  types: ALL_TYPES,
  values: ALL_TYPES,
  opaque: ALL_TYPES,
  integer: typeSet('number'),
  minimum: typeSet('number'),
  maximum: typeSet('number'),
  multipleOf: typeSet('number'),
  minLength: typeSet('string'),
  maxLength: typeSet('string'),
  pattern: typeSet('string'),
  format: typeSet('string'),
  minItems: typeSet('array'),
  maxItems: typeSet('array'),
  uniqueItems: typeSet('array'),
  itemAt: typeSet('array'),
  itemsFrom: typeSet('array'),
  containsAtLeast: typeSet('array'),
  containsAtMost: typeSet('array'),
  minProperties: typeSet('object'),
  maxProperties: typeSet('object'),
  required: typeSet('object'),
  property: typeSet('object'),
  patternProperty: typeSet('object'),
  otherProperties: typeSet('object'),
  propertyNames: typeSet('object'),
  declares: typeSet('object'),
};

/** The types a constraint says something about. */
export function guardOf(constraint: Constraint): TypeSet {
  return GUARDS[constraint.kind];
}

/** Builds formulas. What can be simplified at once is; whatever is left means the same. */
export class Formulas {
  readonly #known = new Map<string, Formula>();
  readonly #negations = new Map<Formula, Formula>();
  readonly always = this.#intern('always', { kind: 'always' });
  readonly never = this.#intern('never', { kind: 'never' });

  all(of: readonly Formula[]): Formula {
    return this.#join(of, 'all', this.always, this.never);
  }

  any(of: readonly Formula[]): Formula {
    return this.#join(of, 'any', this.never, this.always);
  }

  #join(of: readonly Formula[], kind: 'all' | 'any', neutral: Formula, absorbing: Formula): Formula {
    const flat = of.flatMap((one) => (one.kind === kind ? one.of : [one])).filter((one) => one !== neutral);
    if (flat.includes(absorbing)) return absorbing;
    const parts = [...new Set(flat)].sort((a, b) => a.id - b.id);
    const [only] = parts;
    if (only === undefined) return neutral;
    if (parts.length === 1) return only;
    return this.#intern(`${kind} ${parts.map(({ id }) => id).join(' ')}`, { kind, of: parts });
  }

  not(formula: Formula): Formula {
    const known = this.#negations.get(formula);
    if (known !== undefined) return known;
    const negation = this.#negate(formula);
    this.#negations.set(formula, negation);
    return negation;
  }

  #negate(formula: Formula): Formula {
    switch (formula.kind) {
      case 'always':
        return this.never;
      case 'never':
        return this.always;
      case 'all':
        return this.any(formula.of.map((one) => this.not(one)));
      case 'any':
        return this.all(formula.of.map((one) => this.not(one)));
      case 'holds':
        return this.violates(formula.constraint);
      case 'violates':
        return this.holds(formula.constraint);
      case 'reference':
        return this.#reference(formula.key, !formula.negated, () => this.not(formula.resolve()));
    }
  }

  implies(condition: Formula, consequence: Formula): Formula {
    return this.any([this.not(condition), consequence]);
  }

  holds(constraint: Constraint): Formula {
    return isVacuous(constraint) ? this.always : this.#literal('holds', constraint);
  }

  violates(constraint: Constraint): Formula {
    return isVacuous(constraint) ? this.never : this.#literal('violates', constraint);
  }

  types(...types: readonly JsonType[]): Formula {
    return this.holds({ kind: 'types', types: typeSet(...types) });
  }

  /** @param key the same for references to the same place of the same schema only */
  reference(key: string, resolve: () => Formula): Formula {
    return this.#reference(key, false, resolve);
  }

  #reference(key: string, negated: boolean, resolve: () => Formula): Formula {
    return this.#intern(`reference ${negated} ${key}`, { kind: 'reference', negated, key, resolve });
  }

  #literal(kind: 'holds' | 'violates', constraint: Constraint): Formula {
    return this.#intern(`${kind} ${keyOf(constraint)}`, { kind, constraint });
  }

  #intern(key: string, shape: Shape): Formula {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const created: Formula = { ...shape, id: this.#known.size };
    this.#known.set(key, created);
    return created;
  }
}

/** Constraints that every value satisfies. */
function isVacuous(constraint: Constraint): boolean {
  switch (constraint.kind) {
    case 'types':
      return constraint.types === ALL_TYPES;
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return constraint.limit <= 0;
    case 'containsAtLeast':
      return constraint.count <= 0;
    case 'itemAt':
    case 'itemsFrom':
    case 'property':
    case 'patternProperty':
    case 'otherProperties':
    case 'propertyNames':
      return constraint.node.kind === 'always';
    default:
      return false;
  }
}

function keyOf(constraint: Constraint): string {
  if ('node' in constraint) {
    const { node, ...rest } = constraint;
    return `${identityOf(rest)} ${node.id}`;
  }
  if (constraint.kind === 'values') return `values ${constraint.values.map(identityOf).sort().join(',')}`;
  return identityOf(constraint);
}
