import { MAX_PATTERN_CHARACTERS, MAX_PATTERN_REPEAT } from '../limits.js';
import { ANY_CHARACTER, type CharSet, complement, END, START, single, union } from './char-set.js';
import type { Expression, Expressions } from './expressions.js';

/** The pattern uses what is not regular, or not analysed here: look-around, back-references, `\b`, `\p{…}`. */
class Unsupported extends Error {}

const range = (from: string, to: string): readonly [number, number] => [from.charCodeAt(0), to.charCodeAt(0)];
const DIGITS: CharSet = [range('0', '9')];
const WORD: CharSet = union([range('a', 'z'), range('A', 'Z'), range('0', '9'), range('_', '_')]);
/** ECMAScript's WhiteSpace and LineTerminator. */
const SPACE: CharSet = union(
  ...[
    [9, 13],
    [32, 32],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
    [0x2028, 0x2029],
  ].map(pairOf),
  ...[
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
    [0xfeff, 0xfeff],
  ].map(pairOf),
);
const LINE_ENDS: CharSet = union(single(10), single(13), [[0x2028, 0x2029]]);
const CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, '0': 0 };

function pairOf([low = 0, high = 0]: readonly number[]): CharSet {
  return [[low, high]];
}

/** An expression with the anchors it may pass on one way through it. */
interface Part {
  readonly expression: Expression;
  readonly starts: number;
  readonly ends: number;
}

/**
 * Reads an ECMAScript pattern (flag `u`, as JSON Schema has it) as an expression over ⊢text⊣: it matches the texts in
 * which the pattern is found anywhere.
 *
 * @returns `null` when the pattern cannot be analysed
 */
export function parsePattern(pattern: string, expressions: Expressions): Expression | null {
  if (pattern.length > MAX_PATTERN_CHARACTERS) return null;
  try {
    const { expression, starts, ends } = new PatternReader(pattern, expressions).read();
    // The markers stand once: a way through two `^` would need two of them.
    if (starts > 1 || ends > 1) return null;
    return expressions.sequence(expressions.everything, expression, expressions.everything);
  } catch (error) {
    if (error instanceof Unsupported || error instanceof RangeError) return null;
    throw error;
  }
}

class PatternReader {
  readonly #symbols: readonly string[];
  readonly #make: Expressions;
  #at = 0;

  constructor(pattern: string, expressions: Expressions) {
    this.#symbols = [...pattern];
    this.#make = expressions;
  }

  read(): Part {
    const part = this.#alternatives();
    if (this.#at < this.#symbols.length) throw new Unsupported('unbalanced )');
    return part;
  }

  #peek(): string | undefined {
    return this.#symbols[this.#at];
  }

  #take(): string {
    const symbol = this.#symbols[this.#at];
    if (symbol === undefined) throw new Unsupported('the pattern ends early');
    this.#at += 1;
    return symbol;
  }

  #takeIf(text: string): boolean {
    const found = this.#symbols.slice(this.#at, this.#at + text.length).join('') === text;
    if (found) this.#at += text.length;
    return found;
  }

  #alternatives(): Part {
    const parts = [this.#sequence()];
    while (this.#takeIf('|')) parts.push(this.#sequence());
    return {
      expression: this.#make.either(...parts.map(({ expression }) => expression)),
      starts: Math.max(...parts.map(({ starts }) => starts)),
      ends: Math.max(...parts.map(({ ends }) => ends)),
    };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      parts.push(this.#quantified(this.#atom()));
    }
    // Of an empty text the end comes before the start too; its markers do not.
    const firstEnd = parts.findIndex(({ ends }) => ends > 0);
    if (firstEnd >= 0 && parts.slice(firstEnd + 1).some(({ starts }) => starts > 0))
      throw new Unsupported('$ before ^');
    return {
      expression: this.#make.sequence(...parts.map(({ expression }) => expression)),
      starts: parts.reduce((sum, { starts }) => sum + starts, 0),
      ends: parts.reduce((sum, { ends }) => sum + ends, 0),
    };
  }

  #quantified(part: Part): Part {
    const bounds = this.#quantifier();
    if (bounds === null) return part;
    this.#takeIf('?'); // Lazy or greedy: the same texts match.
    const [min, max] = bounds;
    if (max > 1 && part.starts + part.ends > 0) throw new Unsupported('a repeated anchor');
    return { ...part, expression: this.#make.repeat(part.expression, min, max) };
  }

  #quantifier(): readonly [number, number] | null {
    if (this.#takeIf('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#takeIf('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#takeIf('?')) return [0, 1];
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.#symbols.slice(this.#at, this.#at + 16).join(''));
    if (counted === null) return null;
    const [text, low, comma, high] = counted;
    this.#at += text.length;
    const min = Number(low);
    const max = comma === undefined ? min : high === '' || high === undefined ? Number.POSITIVE_INFINITY : Number(high);
    if (min > MAX_PATTERN_REPEAT || (max !== Number.POSITIVE_INFINITY && max > MAX_PATTERN_REPEAT) || min > max)
      throw new Unsupported('a repetition that is too large');
    return [min, max];
  }

  #atom(): Part {
    const symbol = this.#take();
    if (symbol === '(') return this.#group();
    if (symbol === '^') return { expression: this.#make.set(single(START)), starts: 1, ends: 0 };
    if (symbol === '$') return { expression: this.#make.set(single(END)), starts: 0, ends: 1 };
    return { expression: this.#make.set(this.#characters(symbol)), starts: 0, ends: 0 };
  }

  #group(): Part {
    if (this.#takeIf('?') && !this.#takeIf(':')) {
      if (!this.#takeIf('<') || this.#peek() === '=' || this.#peek() === '!') throw new Unsupported('look-around');
      while (this.#take() !== '>') {
        // The name of a group does not matter to what it matches.
      }
    }
    const part = this.#alternatives();
    if (!this.#takeIf(')')) throw new Unsupported('unbalanced (');
    return part;
  }

  #characters(symbol: string): CharSet {
    if (symbol === '.') return complement(LINE_ENDS);
    if (symbol === '[') return this.#class();
    if (symbol === '\\') return this.#escape(false);
    if (symbol === '*' || symbol === '+' || symbol === '?') throw new Unsupported('nothing to repeat');
    return single(symbol.codePointAt(0) ?? 0);
  }

  #class(): CharSet {
    const negated = this.#takeIf('^');
    const sets: CharSet[] = [];
    while (!this.#takeIf(']')) {
      const from = this.#classMember();
      const isRange = this.#peek() === '-' && this.#symbols[this.#at + 1] !== ']';
      if (isRange) this.#take();
      sets.push(isRange ? rangeBetween(from, this.#classMember()) : from);
    }
    const set = union(...sets);
    return negated ? complement(set) : set.length === 0 ? [] : set;
  }

  #classMember(): CharSet {
    const symbol = this.#take();
    return symbol === '\\' ? this.#escape(true) : single(symbol.codePointAt(0) ?? 0);
  }

  #escape(inClass: boolean): CharSet {
    const symbol = this.#take();
    const known = Object.hasOwn(CLASSES, symbol) ? CLASSES[symbol] : undefined;
    if (known !== undefined) return known;
    const control = Object.hasOwn(CONTROLS, symbol) ? CONTROLS[symbol] : undefined;
    if (control !== undefined) return single(control);
    if (symbol === 'b' && inClass) return single(8);
    if (symbol === 'x') return single(this.#hex(2));
    if (symbol === 'u') return single(this.#takeIf('{') ? this.#bracedHex() : this.#hex(4));
    if (/[A-Za-z0-9]/.test(symbol)) throw new Unsupported(`\\${symbol}`);
    return single(symbol.codePointAt(0) ?? 0);
  }

  #hex(digits: number): number {
    const text = Array.from({ length: digits }, () => this.#take()).join('');
    return hexadecimal(text);
  }

  #bracedHex(): number {
    let text = '';
    for (let symbol = this.#take(); symbol !== '}'; symbol = this.#take()) text += symbol;
    return hexadecimal(text);
  }
}

function hexadecimal(text: string): number {
  const value = /^[0-9a-fA-F]{1,6}$/.test(text) ? Number.parseInt(text, 16) : Number.NaN;
  // Half of a surrogate pair would have to be joined with the other half.
  if (!(value <= 0x10ffff) || (value >= 0xd800 && value <= 0xdfff)) throw new Unsupported('a code point');
  return value;
}

function rangeBetween(from: CharSet, to: CharSet): CharSet {
  const [low, high] = [from[0], to[0]];
  if (low === undefined || high === undefined || from.length > 1 || to.length > 1) throw new Unsupported('a range');
  if (low[0] !== low[1] || high[0] !== high[1] || low[0] > high[0]) throw new Unsupported('a range');
  return [[low[0], high[0]]];
}

/** Every text, between its markers, whose length in code points lies between two limits. */
export function textsOfLength(expressions: Expressions, min: number, max: number): Expression {
  const text = expressions.repeat(expressions.set(ANY_CHARACTER), min, max);
  return expressions.sequence(expressions.set(single(START)), text, expressions.set(single(END)));
}

/** This text, between its markers. */
export function literalText(expressions: Expressions, text: string): Expression {
  const symbols = [START, ...[...text].map((character) => character.codePointAt(0) ?? 0), END];
  return expressions.sequence(...symbols.map((symbol) => expressions.set(single(symbol))));
}
