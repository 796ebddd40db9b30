import { MAX_LANGUAGE_WORK } from '../limits.js';
import { ANY_SYMBOL, type CharSet, contains, union } from './char-set.js';

/** A regular expression with intersection and complement; equal expressions of one {@link Expressions} are one object. */
export type Expression = { readonly id: number; readonly nullable: boolean } & (
  | { readonly kind: 'nothing' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly first: Expression; readonly rest: Expression }
  | { readonly kind: 'either'; readonly of: readonly Expression[] }
  | { readonly kind: 'both'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'repeat'; readonly of: Expression; readonly min: number; readonly max: number }
);

type Shape = Expression extends infer E ? (E extends Expression ? Omit<E, 'id' | 'nullable'> : never) : never;

/** The expressions grew beyond what one comparison may cost. */
export class LanguageTooLarge extends Error {}

/**
 * Builds regular expressions and their derivatives (Brzozowski 1964: the derivative of an expression by a character
 * matches what may follow it). Simplifying while building keeps the number of derivatives finite and small.
 */
export class Expressions {
  readonly #known = new Map<string, Expression>();
  readonly #derivatives = new Map<string, Expression>();
  #work = 0;
  readonly nothing = this.#intern('nothing', { kind: 'nothing' }, false);
  readonly empty = this.#intern('empty', { kind: 'empty' }, true);
  /** Matches every sequence of symbols. */
  readonly everything = this.not(this.nothing);
  readonly anySymbol = this.set(ANY_SYMBOL);

  set(set: CharSet): Expression {
    return set.length === 0 ? this.nothing : this.#intern(`set ${JSON.stringify(set)}`, { kind: 'set', set }, false);
  }

  sequence(...parts: readonly Expression[]): Expression {
    return parts.reduceRight((rest, first) => this.#pair(first, rest), this.empty);
  }

  #pair(first: Expression, rest: Expression): Expression {
    if (first.kind === 'nothing' || rest.kind === 'nothing') return this.nothing;
    if (first.kind === 'empty') return rest;
    if (rest.kind === 'empty') return first;
    if (first.kind === 'sequence') return this.#pair(first.first, this.#pair(first.rest, rest));
    const nullable = first.nullable && rest.nullable;
    return this.#intern(`sequence ${first.id} ${rest.id}`, { kind: 'sequence', first, rest }, nullable);
  }

  either(...parts: readonly Expression[]): Expression {
    const flat = parts.flatMap((part) => (part.kind === 'either' ? part.of : [part]));
    this.#spend(flat.length);
    if (flat.includes(this.everything)) return this.everything;
    const sets = flat.flatMap((part) => (part.kind === 'set' ? [part.set] : []));
    const others = flat.filter((part) => part.kind !== 'set' && part.kind !== 'nothing');
    const of = distinct(sets.length === 0 ? others : [...others, this.set(union(...sets))]);
    const [only] = of;
    if (only === undefined) return this.nothing;
    if (of.length === 1) return only;
    const nullable = of.some((part) => part.nullable);
    return this.#intern(`either ${of.map(({ id }) => id).join(' ')}`, { kind: 'either', of }, nullable);
  }

  both(...parts: readonly Expression[]): Expression {
    const flat = parts.flatMap((part) => (part.kind === 'both' ? part.of : [part]));
    this.#spend(flat.length);
    if (flat.some((part) => part.kind === 'nothing')) return this.nothing;
    const of = distinct(flat.filter((part) => part !== this.everything));
    const [only] = of;
    if (only === undefined) return this.everything;
    if (of.length === 1) return only;
    const nullable = of.every((part) => part.nullable);
    return this.#intern(`both ${of.map(({ id }) => id).join(' ')}`, { kind: 'both', of }, nullable);
  }

  not(of: Expression): Expression {
    return of.kind === 'not' ? of.of : this.#intern(`not ${of.id}`, { kind: 'not', of }, !of.nullable);
  }

  /** `of`, from `min` to `max` times (`Infinity` for no limit). */
  repeat(of: Expression, min: number, max: number): Expression {
    if (max === 0 || of.kind === 'empty') return this.empty;
    if (min === 1 && max === 1) return of;
    if (of.kind === 'nothing') return min === 0 ? this.empty : this.nothing;
    const nullable = min === 0 || of.nullable;
    return this.#intern(`repeat ${of.id} ${min} ${max}`, { kind: 'repeat', of, min, max }, nullable);
  }

  /**
   * What may follow `symbol` in a word of the expression.
   *
   * @throws LanguageTooLarge
   */
  derive(expression: Expression, symbol: number): Expression {
    const key = `${expression.id} ${symbol}`;
    const known = this.#derivatives.get(key);
    if (known !== undefined) return known;
    const derivative = this.#derive(expression, symbol);
    this.#derivatives.set(key, derivative);
    return derivative;
  }

  #spend(parts: number): void {
    this.#work += parts;
    if (this.#work > MAX_LANGUAGE_WORK) throw new LanguageTooLarge();
  }

  #derive(expression: Expression, symbol: number): Expression {
    this.#spend(1);
    switch (expression.kind) {
      case 'nothing':
      case 'empty':
        return this.nothing;
      case 'set':
        return contains(expression.set, symbol) ? this.empty : this.nothing;
      case 'sequence': {
        const through = this.sequence(this.derive(expression.first, symbol), expression.rest);
        return expression.first.nullable ? this.either(through, this.derive(expression.rest, symbol)) : through;
      }
      case 'either':
        return this.either(...expression.of.map((part) => this.derive(part, symbol)));
      case 'both':
        return this.both(...expression.of.map((part) => this.derive(part, symbol)));
      case 'not':
        return this.not(this.derive(expression.of, symbol));
      case 'repeat': {
        const { of, min, max } = expression;
        // Also right when `of` matches the empty word: then fewer repetitions are among more.
        return this.sequence(this.derive(of, symbol), this.repeat(of, Math.max(0, min - 1), max - 1));
      }
    }
  }

  #intern(key: string, shape: Shape, nullable: boolean): Expression {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const created: Expression = { ...shape, id: this.#known.size, nullable };
    this.#known.set(key, created);
    return created;
  }
}

function distinct(expressions: readonly Expression[]): Expression[] {
  return [...new Set(expressions)].sort((a, b) => a.id - b.id);
}

/** The sets of characters an expression mentions: outside of them it tells no two characters apart. */
export function setsOf(expression: Expression, seen: Set<Expression> = new Set()): CharSet[] {
  if (seen.has(expression)) return [];
  seen.add(expression);
  switch (expression.kind) {
    case 'nothing':
    case 'empty':
      return [];
    case 'set':
      return [expression.set];
    case 'sequence':
      return [...setsOf(expression.first, seen), ...setsOf(expression.rest, seen)];
    case 'either':
    case 'both':
      return expression.of.flatMap((part) => setsOf(part, seen));
    case 'not':
    case 'repeat':
      return setsOf(expression.of, seen);
  }
}
