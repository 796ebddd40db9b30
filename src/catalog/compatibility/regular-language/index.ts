import { codePointLength } from '../json.js';
import { MAX_LANGUAGE_STATES, MAX_PATTERN_CHARACTERS } from '../limits.js';
import { END, representatives, START } from './char-set.js';
import { type Expression, Expressions, LanguageTooLarge, setsOf } from './expressions.js';
import { literalText, parsePattern, textsOfLength } from './parse.js';

/** What a string must be like. */
export interface StringQuestion {
  /** Patterns that are found in it, and patterns that are not; all readable by {@link RegularLanguages.reads}. */
  readonly matching: readonly string[];
  readonly avoiding: readonly string[];
  /** Code points. */
  readonly minLength: number;
  readonly maxLength: number;
  /** Strings it is not. */
  readonly excluded: readonly string[];
}

/** Strings of the kind asked for, shortest first; `none` is proven, `unknown` means a limit was reached. */
export type StringAnswer =
  | { readonly kind: 'some'; readonly strings: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

/** Answers whether strings of some kind exist, by searching the automaton of the regular expressions involved. */
export class RegularLanguages {
  readonly #expressions = new Expressions();
  readonly #parsed = new Map<string, Expression | null>();

  /** Can the pattern be analysed? Look-around, back-references, `\b` and `\p{…}` cannot. */
  reads(pattern: string): boolean {
    return this.#parse(pattern) !== null;
  }

  /** Is the pattern found in the text? `undefined` for a pattern that cannot be analysed. */
  matches(pattern: string, text: string): boolean | undefined {
    return withinLimits(() => this.#run(pattern, text), undefined);
  }

  #run(pattern: string, text: string): boolean | undefined {
    let expression = this.#parse(pattern);
    if (expression === null) return undefined;
    for (const symbol of [START, ...[...text].map((character) => character.codePointAt(0) ?? 0), END]) {
      expression = this.#expressions.derive(expression, symbol);
    }
    return expression.nullable;
  }

  /** @param count so many strings are enough */
  find(question: StringQuestion, count: number): StringAnswer {
    return withinLimits<StringAnswer>(
      () => {
        const initial = this.#wanted(question);
        return initial === null ? { kind: 'unknown' } : this.#search(initial, count);
      },
      { kind: 'unknown' },
    );
  }

  #wanted(question: StringQuestion): Expression | null {
    const make = this.#expressions;
    const wanted = [textsOfLength(make, question.minLength, question.maxLength)];
    for (const pattern of question.matching) wanted.push(this.#parse(pattern) ?? make.nothing);
    for (const pattern of question.avoiding) wanted.push(make.not(this.#parse(pattern) ?? make.nothing));
    const excluded = question.excluded.filter((text) => {
      const length = codePointLength(text);
      return length >= question.minLength && length <= question.maxLength;
    });
    if (excluded.some((text) => text.length > MAX_PATTERN_CHARACTERS)) return null;
    for (const text of excluded) wanted.push(make.not(literalText(make, text)));
    const readable = [...question.matching, ...question.avoiding].every((pattern) => this.reads(pattern));
    return readable ? make.both(...wanted) : null;
  }

  /** Breadth first, so shortest words first; a state is passed at most `count` times, once for each word wanted. */
  #search(initial: Expression, count: number): StringAnswer {
    const alphabet = representatives(setsOf(initial));
    const passed = new Map<Expression, number>([[initial, 1]]);
    const strings: string[] = [];
    let frontier: (readonly [Expression, string])[] = [[initial, '']];
    while (frontier.length > 0 && strings.length < count) {
      const next: (readonly [Expression, string])[] = [];
      for (const [state, text] of frontier) {
        for (const symbol of alphabet) {
          const following = this.#expressions.derive(state, symbol);
          if (following.kind === 'nothing' || (passed.get(following) ?? 0) >= count) continue;
          passed.set(following, (passed.get(following) ?? 0) + 1);
          const longer = symbol <= 0x10ffff ? text + String.fromCodePoint(symbol) : text;
          if (following.nullable && strings.length < count) strings.push(longer);
          next.push([following, longer]);
        }
        if (passed.size > MAX_LANGUAGE_STATES) {
          return strings.length > 0 ? { kind: 'some', strings } : { kind: 'unknown' };
        }
      }
      frontier = next;
    }
    return strings.length > 0 ? { kind: 'some', strings } : { kind: 'none' };
  }

  #parse(pattern: string): Expression | null {
    const known = this.#parsed.get(pattern);
    if (known !== undefined) return known;
    const parsed = withinLimits(() => parsePattern(pattern, this.#expressions), null);
    this.#parsed.set(pattern, parsed);
    return parsed;
  }
}

function withinLimits<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof LanguageTooLarge) return otherwise;
    throw error;
  }
}
