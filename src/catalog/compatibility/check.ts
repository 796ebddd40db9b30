import { SchemaCompiler } from './compile/compiler.js';
import { type Dialect, type ReadSchema, readDialect } from './dialect.js';
import { Formulas } from './formula.js';
import { identityOf, isJsonObject, isWithinDepth, type JsonObject } from './json.js';
import { MAX_DOUBTING_INSTANCES, MAX_SCHEMA_CHARACTERS, MAX_SCHEMA_DEPTH, MAX_SEARCHED_INSTANCES } from './limits.js';
import type { Answer } from './solve/answer.js';
import { Solver } from './solve/solver.js';
import { createValidator, type Validator } from './validators.js';
import { searchByChanging } from './witness-search.js';

/** An instance that is valid under the writer's schema and not under the reader's, as ajv has confirmed. */
export interface Counterexample {
  readonly instance: unknown;
  /** JSON pointer to the part of the instance that the reader refuses; empty for the whole. */
  readonly path: string;
  /** What the reader's schema says of that part. */
  readonly reason: string;
}

/**
 * Does the reader's schema accept every instance of the writer's?
 *
 * `compatible` is a proof, `incompatible` has a counterexample that ajv confirmed; everything else is `unknown`.
 */
export type Compatibility =
  | {
      readonly verdict: 'compatible';
      /** Names that LENIENT forgave: the reader declares them, the writer does not but allows them by saying nothing. */
      readonly forgiven: readonly string[];
    }
  | ({ readonly verdict: 'incompatible' } & Counterexample)
  | { readonly verdict: 'unknown'; readonly reason: string };

export interface CompatibilityOptions {
  /** The dialect of schemas without `$schema`; by default told by the keywords they use. */
  readonly assumedDialect?: Dialect;
  /** LENIENT: writers write no properties but those they declare, unless they declare none or say what others are like. */
  readonly forgivesUndeclared?: boolean;
}

/** Candidates for a counterexample that are shown to ajv. */
const MAX_CANDIDATES = 200;
/** Answers that are looked at once there is a counterexample, in case there is a shorter one. */
const FURTHER_ANSWERS = 10;
/** Instances of the writer that the search begins with. */
const MAX_STARTING_INSTANCES = 12;

/** Compares two JSON Schemas (draft 4 to 2020-12, OpenAPI's `nullable`). Bounded in steps; never throws on a schema. */
export function checkCompatibility(
  writer: unknown,
  reader: unknown,
  options: CompatibilityOptions = {},
): Compatibility {
  for (const [side, schema] of [['old', writer] as const, ['new', reader] as const]) {
    const problem = problemOf(schema);
    if (problem !== null) return { verdict: 'unknown', reason: `the ${side} schema ${problem}` };
  }
  if (identityOf(writer) === identityOf(reader)) return { verdict: 'compatible', forgiven: [] };
  const assumed = options.assumedDialect ?? sharedDialect(writer, reader);
  const [readWriter, readReader] = [readSide(writer, assumed), readSide(reader, assumed)];
  if ('problem' in readWriter) return { verdict: 'unknown', reason: `the old schema ${readWriter.problem}` };
  if ('problem' in readReader) return { verdict: 'unknown', reason: `the new schema ${readReader.problem}` };
  try {
    return new Comparison(readWriter, readReader, options.forgivesUndeclared ?? false).run();
  } catch (error) {
    // Only the stack has no other bound: a schema whose nesting is all in one place.
    if (error instanceof RangeError) return { verdict: 'unknown', reason: 'the schemas are nested too deeply' };
    throw error;
  }
}

function problemOf(schema: unknown): string | null {
  if (typeof schema === 'boolean') return null;
  if (!isJsonObject(schema)) return 'is neither an object nor a boolean';
  if (!isWithinDepth(schema, MAX_SCHEMA_DEPTH)) return `is nested deeper than ${MAX_SCHEMA_DEPTH}`;
  const isLong = JSON.stringify(schema).length > MAX_SCHEMA_CHARACTERS;
  return isLong ? `is longer than ${MAX_SCHEMA_CHARACTERS} characters` : null;
}

/** A schema that does not name its dialect is taken to be in that of the one it is compared with. */
function sharedDialect(...schemas: readonly unknown[]): Dialect | undefined {
  const dialects = schemas.flatMap((schema) => {
    const isNamed = isJsonObject(schema) && typeof schema['$schema'] === 'string';
    const read = isNamed ? readDialect(schema) : null;
    return read === null ? [] : [read.dialect];
  });
  return dialects[0] ?? (asOne(schemas) === '2020-12' ? '2020-12' : undefined);
}

/** By the keywords of both: one of them may use none that tells. */
function asOne(schemas: readonly unknown[]): Dialect | undefined {
  return readDialect({ allOf: schemas })?.dialect;
}

interface Side extends ReadSchema {
  readonly validate: Validator;
}

function readSide(schema: unknown, assumed: Dialect | undefined): Side | { readonly problem: string } {
  const given: JsonObject | boolean = isJsonObject(schema) || typeof schema === 'boolean' ? schema : true;
  const read = readDialect(given, assumed);
  if (read === null) return { problem: 'is in a dialect that is not known' };
  const validate = createValidator(read);
  return typeof validate === 'function' ? { ...read, validate } : { problem: `is not valid: ${validate.problem}` };
}

class Comparison {
  readonly #writer: Side;
  readonly #reader: Side;
  readonly #forgivesUndeclared: boolean;

  constructor(writer: Side, reader: Side, forgivesUndeclared: boolean) {
    this.#writer = writer;
    this.#reader = reader;
    this.#forgivesUndeclared = forgivesUndeclared;
  }

  run(): Compatibility {
    const formulas = new Formulas();
    const solver = new Solver(formulas);
    const writer = new SchemaCompiler(this.#writer, formulas, 'writer', this.#forgivesUndeclared).compileRoot();
    const reader = new SchemaCompiler(this.#reader, formulas, 'reader', false).compileRoot();
    const { shortest, open } = this.#counterexamples(solver.answers([writer, formulas.not(reader)]));
    if (shortest !== null) return { verdict: 'incompatible', ...shortest };
    const proven: Compatibility = { verdict: 'compatible', forgiven: [...solver.forgiven] };
    // Changed at random, an instance has names that LENIENT would have to forgive.
    if (this.#forgivesUndeclared) return open === null ? proven : { verdict: 'unknown', reason: open };
    const instances = [...startingInstances(solver, writer)];
    const found = this.#search(instances, open === null ? MAX_DOUBTING_INSTANCES : MAX_SEARCHED_INSTANCES);
    if (open !== null)
      return found === null ? { verdict: 'unknown', reason: open } : { verdict: 'incompatible', ...found };
    if (found === null) return proven;
    // One of both is wrong: ajv 8.20, for one, accepts [] for a tuple that must contain something.
    return { verdict: 'unknown', reason: `ajv finds a counterexample to a proof: ${identityOf(found.instance)}` };
  }

  /** The shortest of the first counterexamples, being the easiest to read; or why it stays open whether there is one. */
  #counterexamples(answers: Iterable<Answer>): { shortest: Counterexample | null; open: string | null } {
    let shortest: Counterexample | null = null;
    let open: string | null = null;
    let left = MAX_CANDIDATES;
    for (const answer of answers) {
      if (left === 0) break;
      if (answer.kind === 'none' && shortest === null) continue;
      left -= 1;
      const confirmed = answer.kind === 'witness' ? this.#confirm(answer.value) : null;
      if (confirmed === null)
        open ??= answer.kind === 'unknown' ? answer.reason : 'no counterexample could be confirmed';
      else if (shortest === null) left = FURTHER_ANSWERS;
      if (confirmed !== null && (shortest === null || sizeOf(confirmed) < sizeOf(shortest))) shortest = confirmed;
    }
    return { shortest, open };
  }

  #search(instances: readonly unknown[], limit: number): Counterexample | null {
    const schemas = [this.#writer.schema, this.#reader.schema];
    const found = searchByChanging(instances, schemas, limit, (value) => this.#confirm(value) !== null);
    return found === null ? null : this.#confirm(found.value);
  }

  #confirm(instance: unknown): Counterexample | null {
    if (this.#writer.validate(instance).outcome !== 'valid') return null;
    const refused = this.#reader.validate(instance);
    return refused.outcome === 'invalid' ? { instance, path: refused.path, reason: refused.reason } : null;
  }
}

function* startingInstances(solver: Solver, writer: ReturnType<SchemaCompiler['compileRoot']>): Generator<unknown> {
  let left = MAX_STARTING_INSTANCES;
  for (const answer of solver.answers([writer])) {
    if (left === 0) return;
    left -= 1;
    if (answer.kind === 'witness') yield answer.value;
  }
}

function sizeOf({ instance }: Counterexample): number {
  return identityOf(instance).length;
}
