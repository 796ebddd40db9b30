import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';
import { errorMessage } from '../src/model/index.js';
import { canonicalJson, sha256 } from './canonical.js';
import { DeadlineExceeded, withDeadline } from './deadline.js';
import { isObject, isWithinDepth, MAX_JSON_DEPTH, textAt } from './json-content.js';

/** Schemas come from traces, so from anyone who may send one. ajv calls a schema "as trusted as your code": hence these. */
export const MAX_SCHEMA_CHARACTERS = 64 * 1024;
const MAX_CACHED_VALIDATORS = 500;
const COMPILE_DEADLINE_MS = 1_000;
const VALIDATE_DEADLINE_MS = 250;
/**
 * So many missed deadlines and a schema is not tried again. Time on the clock passes also while the machine is busy with
 * something else: one miss says little about a schema, and giving up on a good one would blind the compliance detector.
 */
const MAX_MISSED_DEADLINES = 3;

/** The answer for one value; `unchecked` says why there is none. */
export type SchemaCheck =
  | { readonly outcome: 'valid' }
  | { readonly outcome: 'invalid'; readonly reason: string }
  | { readonly outcome: 'unchecked'; readonly reason: string };

type SchemaCheckFunction = (value: unknown) => SchemaCheck;

const validators = new LRUCache<string, SchemaCheckFunction>({ max: MAX_CACHED_VALIDATORS });
const missedDeadlines = new LRUCache<string, number>({ max: MAX_CACHED_VALIDATORS });

/** The digests of schemas that come again as the same object. */
const keys = new WeakMap<object, string>();

/** Checks a value against a JSON Schema (2020-12 or draft-07), stopping at the first error. Never throws. */
export function checkAgainstSchema(value: unknown, schema: unknown): SchemaCheck {
  if (typeof schema === 'boolean')
    return schema ? { outcome: 'valid' } : { outcome: 'invalid', reason: 'nothing is allowed' };
  if (!isObject(schema)) return { outcome: 'unchecked', reason: 'the schema is not an object' };
  const knownKey = keys.get(schema);
  const remembered = knownKey === undefined ? undefined : validators.get(knownKey);
  if (remembered !== undefined) return remembered(value);
  if (!isWithinDepth(schema, MAX_JSON_DEPTH))
    return { outcome: 'unchecked', reason: 'the schema is nested too deeply' };
  const text = canonicalJson(schema);
  const key = sha256(text);
  keys.set(schema, key);
  const known = validators.get(key);
  if (known !== undefined) return known(value);
  const check = compile(schema, text, (reason) => {
    const missed = (missedDeadlines.get(key) ?? 0) + 1;
    missedDeadlines.set(key, missed);
    if (missed >= MAX_MISSED_DEADLINES) validators.set(key, unchecked(reason));
    else validators.delete(key);
  });
  if (check === null) return validators.get(key)?.(value) ?? { outcome: 'unchecked', reason: COMPILE_TOO_SLOW };
  validators.set(key, check);
  return check(value);
}

const COMPILE_TOO_SLOW = `the schema was not compiled within ${COMPILE_DEADLINE_MS} ms`;

function unchecked(reason: string): SchemaCheckFunction {
  return () => ({ outcome: 'unchecked', reason });
}

/** Keywords whose cost is not linear in the value: they run under a deadline. */
const COSTLY_KEYWORDS = /"(?:\$ref|\$dynamicRef|\$recursiveRef|pattern|patternProperties|uniqueItems)":/;

/**
 * @param onMissedDeadline told whenever compiling or checking took too long
 * @returns `null` when compiling took too long
 */
function compile(schema: object, text: string, onMissedDeadline: (reason: string) => void): SchemaCheckFunction | null {
  if (text.length > MAX_SCHEMA_CHARACTERS) {
    return unchecked(`the schema is longer than ${MAX_SCHEMA_CHARACTERS} characters`);
  }
  const dialect = dialectOf(schema);
  if (dialect === undefined) return unchecked(`the schema's dialect ${textAt(schema, '$schema')} is not supported`);
  let validate: ValidateFunction;
  dialect.prepare();
  try {
    validate = withDeadline(COMPILE_DEADLINE_MS, () => dialect.compile(schema));
  } catch (error) {
    dialect.reset();
    if (error instanceof DeadlineExceeded) {
      onMissedDeadline(COMPILE_TOO_SLOW);
      return null;
    }
    return unchecked(`the schema cannot be compiled: ${errorMessage(error)}`);
  }
  const isCostly = COSTLY_KEYWORDS.test(text);
  return (value) => {
    try {
      const valid = isCostly ? withDeadline(VALIDATE_DEADLINE_MS, () => validate(value)) : validate(value);
      return valid ? { outcome: 'valid' } : { outcome: 'invalid', reason: firstError(validate) };
    } catch (error) {
      // No end in time, or endless recursion, which costs as much every time.
      const reason = `the schema cannot be checked: ${errorMessage(error)}`;
      onMissedDeadline(reason);
      return { outcome: 'unchecked', reason };
    }
  };
}

function firstError(validate: ValidateFunction): string {
  const [error] = validate.errors ?? [];
  if (error === undefined) return 'violates the schema';
  return `${error.instancePath || 'the value'} ${error.message ?? 'violates the schema'}`;
}

interface Dialect {
  /** What does not depend on the schema, and is slow the first time: not to be held against a schema. */
  prepare(): void;
  compile(schema: object): ValidateFunction;
  /** After a failure: an interrupted compilation leaves ajv with half of it. */
  reset(): void;
}

/** Patterns run in RE2, in linear time. What RE2 cannot do (look-around, back-references) makes compilation fail. */
const re2 = Object.assign((pattern: string) => RE2JS.compile(pattern), { code: 'RE2JS' });

/** One error is enough; unknown keywords are annotations; a schema with an `$id` is not kept for others to refer to. */
const OPTIONS: Options = {
  strict: false,
  allErrors: false,
  logger: false,
  addUsedSchema: false,
  allowUnionTypes: true,
  code: { regExp: re2 },
};

function createDialect(create: () => Ajv | Ajv2020): Dialect {
  let ajv: Ajv | Ajv2020 | null = null;
  const prepared = (): Ajv | Ajv2020 => {
    if (ajv !== null) return ajv;
    ajv = create();
    formats.default(ajv);
    // Compiles the dialect's own schema, by which every other is checked.
    ajv.compile({});
    return ajv;
  };
  return {
    prepare() {
      prepared();
    },
    compile(schema) {
      // Its dialect was recognised; ajv knows a dialect by one exact spelling of its name only.
      const { $schema: _dialect, ...rest } = { $schema: '', ...schema };
      const compiler = prepared();
      const validate = compiler.compile(rest);
      compiler.removeSchema(rest);
      return validate;
    },
    reset() {
      ajv = null;
    },
  };
}

const draft2020 = createDialect(() => new Ajv2020(OPTIONS));
const draft07 = createDialect(() => new Ajv(OPTIONS));

/** Without `$schema` it is 2020-12, as providers and MCP have it. Draft-06 differs from 07 in additions only. */
function dialectOf(schema: object): Dialect | undefined {
  const named = textAt(schema, '$schema');
  if (named === undefined || /^https?:\/\/json-schema\.org\/draft\/20(?:19-09|20-12)\/schema#?$/.test(named))
    return draft2020;
  return /^https?:\/\/json-schema\.org\/draft-0[67]\/schema#?$/.test(named) ? draft07 : undefined;
}
