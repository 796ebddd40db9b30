import type { FastifySchemaCompiler } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { LeewayError } from '../model/index.js';

/** Problems of one request that are told at once. */
const MAX_PROBLEMS = 5;

const PART_NAMES: Readonly<Record<string, string>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'header',
};

interface SchemaProblem {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

/**
 * Checks requests against their schemas and fills in defaults. Text of paths and queries is converted to numbers; a JSON
 * body must have the right types. Problems become a LeewayError that names each field.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart = 'body' }) => {
  const part = PART_NAMES[httpPart] ?? 'request';
  const checks = alternatives(schema).map((alternative) => ({
    fits: (input: unknown) => !('items' in alternative) === !Array.isArray(input),
    check: checkOf(alternative, part, httpPart !== 'body'),
  }));
  return (input: unknown) => {
    const chosen = checks.find(({ fits }) => fits(input)) ?? checks[0];
    if (!chosen) throw new Error(`the schema of the ${part} has no alternative`);
    return chosen.check(input);
  };
};

/** A body that is one thing or a list of them is checked as what it is, so that its problems are about that. */
function alternatives(schema: TSchema): readonly TSchema[] {
  return 'anyOf' in schema && Array.isArray(schema.anyOf) ? schema.anyOf : [schema];
}

function checkOf(schema: TSchema, part: string, isText: boolean) {
  const compiled = Compile(schema);
  return (input: unknown) => {
    // An absent body is `null` here.
    const filled = Value.Default(schema, Value.Clone(input ?? undefined));
    const value: unknown = isText ? Value.Convert(schema, filled) : filled;
    if (compiled.Check(value)) return { value };
    return { error: new LeewayError('LEEWAY_INVALID', describeProblems(part, compiled.Errors(value))) };
  };
}

/** A value that fits its schema, its defaults filled in, or what is wrong with it. */
type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** Checks elements of a list one by one, so that a bad one does not take its neighbours with it. */
export function elementCheck<T extends TSchema>(schema: T): (input: unknown, name: string) => Checked<Static<T>> {
  const compiled = Compile(schema);
  return (input, name) => {
    const filled: unknown = Value.Default(schema, Value.Clone(input ?? undefined));
    if (compiled.Check(filled)) return { ok: true, value: filled };
    return { ok: false, problem: describeProblems(name, compiled.Errors(filled)) };
  };
}

/** `body.value must be number, or must be boolean; body.comment must not have more than 4096 characters` */
function describeProblems(part: string, problems: readonly SchemaProblem[]): string {
  const messages = new Map<string, Set<string>>();
  for (const problem of problems) {
    // The alternatives that were tried say more.
    if (problem.keyword === 'anyOf' || problem.keyword === 'boolean') continue;
    const field = fieldName(part, problem.instancePath);
    messages.set(field, (messages.get(field) ?? new Set()).add(explain(problem)));
  }
  const lines = [...messages].map(([field, said]) => `${field} ${[...said].join(', or ')}`);
  const more = lines.length > MAX_PROBLEMS ? `; and ${lines.length - MAX_PROBLEMS} more` : '';
  return lines.slice(0, MAX_PROBLEMS).join('; ') + more;
}

function fieldName(part: string, instancePath: string): string {
  const steps = instancePath.split('/').slice(1);
  return steps.reduce((name, step) => (/^\d+$/.test(step) ? `${name}[${step}]` : `${name}.${step}`), part);
}

function explain({ message, params }: SchemaProblem): string {
  const details = Object.values(params).flat();
  if ('additionalProperties' in params) return `must not have ${details.join(', ')}: there is no such field`;
  if ('allowedValues' in params) return `must be one of ${details.join(', ')}`;
  if ('allowedValue' in params) return `must be ${JSON.stringify(details[0])}`;
  if ('pattern' in params) return `must match ${details.join()}`;
  return message;
}
