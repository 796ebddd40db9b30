import { hasFormat } from './formats.js';
import { type Constraint, type Formula, guardOf, typeOf, typeSet } from './formula.js';
import { codePointLength, identityOf, isJsonObject, type JsonObject } from './json.js';
import type { RegularLanguages } from './regular-language/index.js';

/** Does the value satisfy the formula? `undefined` where that cannot be told. */
export type Truth = boolean | undefined;

/** Schemas that refer to themselves in place have no end. */
const MAX_EVALUATION_DEPTH = 400;

/** Evaluates formulas on values, as a validator does with schemas. */
export class Evaluator {
  readonly #languages: RegularLanguages;

  constructor(languages: RegularLanguages) {
    this.#languages = languages;
  }

  evaluate(formula: Formula, value: unknown, depth = 0): Truth {
    if (depth > MAX_EVALUATION_DEPTH) return undefined;
    switch (formula.kind) {
      case 'always':
        return true;
      case 'never':
        return false;
      case 'all':
        return every(formula.of, (one) => this.evaluate(one, value, depth + 1));
      case 'any':
        return not(every(formula.of, (one) => not(this.evaluate(one, value, depth + 1))));
      case 'reference':
        return this.evaluate(formula.resolve(), value, depth + 1);
      case 'holds':
        return this.#holds(formula.constraint, value, depth);
      case 'violates':
        return not(this.#holds(formula.constraint, value, depth));
    }
  }

  #holds(constraint: Constraint, value: unknown, depth: number): Truth {
    const type = typeSet(typeOf(value));
    if (constraint.kind === 'types') return (constraint.types & type) !== 0;
    if ((guardOf(constraint) & type) === 0) return true;
    if (constraint.kind === 'opaque') return undefined;
    if (constraint.kind === 'values') {
      const identity = identityOf(value);
      return constraint.values.some((allowed) => identityOf(allowed) === identity);
    }
    if (typeof value === 'number') return holdsOfNumber(constraint, value);
    if (typeof value === 'string') return this.#holdsOfString(constraint, value);
    if (Array.isArray(value)) return this.#holdsOfArray(constraint, value, depth);
    return isJsonObject(value) ? this.#holdsOfObject(constraint, value, depth) : true;
  }

  #holdsOfString(constraint: Constraint, text: string): Truth {
    switch (constraint.kind) {
      case 'minLength':
        return codePointLength(text) >= constraint.limit;
      case 'maxLength':
        return codePointLength(text) <= constraint.limit;
      case 'pattern':
        return this.#languages.matches(constraint.pattern, text);
      case 'format':
        return hasFormat(text, constraint.format);
      default:
        return true;
    }
  }

  #holdsOfArray(constraint: Constraint, elements: readonly unknown[], depth: number): Truth {
    switch (constraint.kind) {
      case 'minItems':
        return elements.length >= constraint.limit;
      case 'maxItems':
        return elements.length <= constraint.limit;
      case 'uniqueItems':
        return new Set(elements.map(identityOf)).size === elements.length;
      case 'itemAt':
        return constraint.index >= elements.length
          ? true
          : this.evaluate(constraint.node, elements[constraint.index], depth + 1);
      case 'itemsFrom':
        return every(elements.slice(constraint.start), (one) => this.evaluate(constraint.node, one, depth + 1));
      case 'containsAtLeast':
      case 'containsAtMost': {
        const matches = elements.map((one) => this.evaluate(constraint.node, one, depth + 1));
        const [sure, maybe] = [count(matches, true), count(matches, undefined)];
        if (constraint.kind === 'containsAtLeast')
          return between(sure >= constraint.count, sure + maybe >= constraint.count);
        return between(sure + maybe <= constraint.count, sure <= constraint.count);
      }
      default:
        return true;
    }
  }

  #holdsOfObject(constraint: Constraint, object: JsonObject, depth: number): Truth {
    const names = Object.keys(object);
    const member = (name: string): Truth =>
      'node' in constraint ? this.evaluate(constraint.node, object[name], depth + 1) : true;
    switch (constraint.kind) {
      case 'minProperties':
        return names.length >= constraint.limit;
      case 'maxProperties':
        return names.length <= constraint.limit;
      case 'required':
        return names.includes(constraint.name);
      case 'property':
        return names.includes(constraint.name) ? member(constraint.name) : true;
      case 'patternProperty':
        return every(names, (name) => implied(this.#languages.matches(constraint.pattern, name), () => member(name)));
      case 'otherProperties':
        return every(names, (name) => implied(this.isOther(constraint, name), () => member(name)));
      case 'propertyNames':
        return every(names, (name) => this.evaluate(constraint.node, name, depth + 1));
      default:
        return true;
    }
  }

  /** Is the name none of those a schema names, and matches none of its patterns? */
  isOther(named: { readonly names: readonly string[]; readonly patterns: readonly string[] }, name: string): Truth {
    if (named.names.includes(name)) return false;
    return every(named.patterns, (pattern) => not(this.#languages.matches(pattern, name)));
  }
}

function holdsOfNumber(constraint: Constraint, value: number): Truth {
  switch (constraint.kind) {
    case 'integer':
      return Number.isInteger(value);
    case 'minimum':
      return constraint.exclusive ? value > constraint.limit : value >= constraint.limit;
    case 'maximum':
      return constraint.exclusive ? value < constraint.limit : value <= constraint.limit;
    case 'multipleOf':
      // As ajv has it: in floating point.
      return Number.isInteger(value / constraint.divisor);
    default:
      return true;
  }
}

function not(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

function implied(condition: Truth, consequence: () => Truth): Truth {
  if (condition === false) return true;
  const follows = consequence();
  return follows === true ? true : condition === undefined ? undefined : follows;
}

function every<T>(items: readonly T[], holds: (item: T) => Truth): Truth {
  let sure = true;
  for (const item of items) {
    const truth = holds(item);
    if (truth === false) return false;
    if (truth === undefined) sure = false;
  }
  return sure ? true : undefined;
}

function count(truths: readonly Truth[], wanted: Truth): number {
  return truths.filter((truth) => truth === wanted).length;
}

function between(surely: boolean, possibly: boolean): Truth {
  return surely ? true : possibly ? undefined : false;
}
