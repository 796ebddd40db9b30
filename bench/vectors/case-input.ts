import { isRecord } from './vector-file.js';

/** The input of a case, read by name and type. */
export class CaseInput {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  has(...names: readonly string[]): boolean {
    return names.every((name) => this.#values[name] !== undefined);
  }

  get names(): string[] {
    return Object.keys(this.#values);
  }

  raw(name: string): unknown {
    const value = this.#values[name];
    if (value === undefined) throw new Error(`the case has no input ${name}`);
    return value;
  }

  number(name: string, otherwise?: number): number {
    const value = this.#values[name] ?? otherwise;
    if (typeof value !== 'number') throw new Error(`input ${name} is not a number`);
    return value;
  }

  text(name: string, otherwise?: string): string {
    const value = this.#values[name] ?? otherwise;
    if (typeof value !== 'string') throw new Error(`input ${name} is not a text`);
    return value;
  }

  flag(name: string, otherwise = false): boolean {
    const value = this.#values[name] ?? otherwise;
    if (typeof value !== 'boolean') throw new Error(`input ${name} is not true or false`);
    return value;
  }

  /** A list of numbers; ranges may be written as the text "1..1000". */
  numbers(name: string): number[] {
    const value = this.raw(name);
    if (typeof value === 'string') return rangeOf(name, value);
    return numberList(name, value);
  }

  texts(name: string): string[] {
    const value = this.raw(name);
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      throw new Error(`input ${name} is not a list of texts`);
    }
    return value;
  }

  /** Rows of numbers. */
  rows(name: string): number[][] {
    const value = this.raw(name);
    if (!Array.isArray(value)) throw new Error(`input ${name} is not a list`);
    return value.map((row: unknown, index) => numberList(`${name}[${index}]`, row));
  }

  /** Tables of rows of numbers. */
  tables(name: string): number[][][] {
    const value = this.raw(name);
    if (!Array.isArray(value)) throw new Error(`input ${name} is not a list`);
    return value.map((table: unknown, index) => new CaseInput({ table }).rowsNamed('table', `${name}[${index}]`));
  }

  rowsNamed(name: string, shown: string): number[][] {
    try {
      return this.rows(name);
    } catch (error) {
      throw new Error(`input ${shown} is not a table`, { cause: error });
    }
  }

  /** A nested object. */
  inner(name: string): CaseInput {
    const value = this.raw(name);
    if (!isRecord(value)) throw new Error(`input ${name} is not an object`);
    return new CaseInput(value);
  }

  /** A list of nested objects. */
  inners(name: string): CaseInput[] {
    const value = this.raw(name);
    if (!Array.isArray(value)) throw new Error(`input ${name} is not a list`);
    return value.map((item: unknown) => {
      if (!isRecord(item)) throw new Error(`input ${name} is not a list of objects`);
      return new CaseInput(item);
    });
  }
}

function numberList(name: string, value: unknown): number[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'number')) {
    throw new Error(`input ${name} is not a list of numbers`);
  }
  return value;
}

function rangeOf(name: string, text: string): number[] {
  const [, first, last] = /^(-?\d+)\.\.(-?\d+)$/.exec(text) ?? [];
  if (first === undefined || last === undefined) throw new Error(`input ${name} is not a range such as 1..1000`);
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
}
