import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import { errorMessage } from '../../model/index.js';
import type { Dialect, ReadSchema } from './dialect.js';

/** What a validator says of one value; `unchecked` when it cannot tell. */
export type Validation =
  | { readonly outcome: 'valid' }
  | { readonly outcome: 'invalid'; readonly path: string; readonly reason: string }
  | { readonly outcome: 'unchecked' };

export type Validator = (value: unknown) => Validation;

/** A pattern that RE2 does not know. It is not run in backtracking engines: schemas may be hostile. */
class PatternNotSupported extends Error {}

const re2 = Object.assign(
  (pattern: string) => {
    try {
      return RE2JS.compile(pattern);
    } catch {
      // Thrown only when it is needed: most values never get to it.
      return {
        test: (): boolean => {
          throw new PatternNotSupported(pattern);
        },
      };
    }
  },
  { code: 'RE2' },
);

/** Unknown keywords are annotations; references are functions, so that code grows with the schema and no faster. */
const OPTIONS: Options = {
  strict: false,
  allErrors: false,
  logger: false,
  addUsedSchema: false,
  allowUnionTypes: true,
  inlineRefs: false,
  ownProperties: true,
  code: { regExp: re2 },
};

const CREATE: Readonly<Record<Dialect, () => Ajv>> = {
  'draft-07': () => new Ajv(OPTIONS),
  '2019-09': () => new Ajv2019(OPTIONS),
  '2020-12': () => new Ajv2020(OPTIONS),
};

/** Compilers by dialect: making one takes longer than a comparison. */
const compilers = new Map<Dialect, Ajv>();

/** @returns the schema's validator, or why ajv does not take the schema */
export function createValidator({ dialect, schema }: ReadSchema): Validator | { readonly problem: string } {
  const isNamed = JSON.stringify(schema).includes('"$id":');
  const compiler = isNamed ? newCompiler(dialect) : sharedCompiler(dialect);
  try {
    const validate = compiler.compile(schema);
    return (value) => validation(validate, value);
  } catch (error) {
    // What was half compiled stays inside.
    compilers.delete(dialect);
    return { problem: errorMessage(error) };
  } finally {
    if (typeof schema !== 'boolean') compiler.removeSchema(schema);
  }
}

function newCompiler(dialect: Dialect): Ajv {
  return ajvFormats.default(CREATE[dialect]());
}

/** ajv remembers what is called by an `$id`, which may be that of another schema: this one is for schemas without. */
function sharedCompiler(dialect: Dialect): Ajv {
  const compiler = compilers.get(dialect) ?? newCompiler(dialect);
  compilers.set(dialect, compiler);
  return compiler;
}

function validation(validate: ValidateFunction, value: unknown): Validation {
  try {
    if (validate(value)) return { outcome: 'valid' };
  } catch {
    // Endless recursion of the schema, a pattern without an engine, or code of ajv that is not right: it has no answer.
    return { outcome: 'unchecked' };
  }
  const [first] = validate.errors ?? [];
  const last = validate.errors?.at(-1);
  const error = last?.keyword === 'anyOf' || last?.keyword === 'oneOf' ? last : first;
  return { outcome: 'invalid', path: error?.instancePath ?? '', reason: error === undefined ? '' : reasonOf(error) };
}

/** Longest list of allowed values that is spelled out. */
const MAX_SHOWN_VALUES = 200;

function reasonOf({ keyword, message, params, propertyName }: ErrorObject): string {
  const text = message ?? keyword;
  if (keyword === 'additionalProperties')
    return `must not have the property ${JSON.stringify(params['additionalProperty'])}`;
  if (keyword === 'unevaluatedProperties') {
    return `must not have the property ${JSON.stringify(params['unevaluatedProperty'])}`;
  }
  if (keyword === 'false schema') return 'is not allowed';
  if (propertyName !== undefined) return `has the property name ${JSON.stringify(propertyName)}, which ${text}`;
  const allowed =
    keyword === 'enum' ? params['allowedValues'] : keyword === 'const' ? params['allowedValue'] : undefined;
  if (allowed === undefined) return text;
  const shown = JSON.stringify(allowed);
  return shown.length <= MAX_SHOWN_VALUES ? `${text}: ${shown}` : text;
}
