import type { Formula } from '../formula.js';
import { isJsonObject, type JsonObject, member } from '../json.js';
import { MAX_UNEVALUATED_CONDITIONS } from '../limits.js';
import { tupleOf } from './arrays.js';
import type { SchemaCompiler } from './compiler.js';
import { membersOf } from './keywords.js';

/** What the keywords of a schema evaluate when its conditions turn out in one way. */
interface Case {
  /** How the conditions (`anyOf` alternatives, `if`, …) turn out. */
  readonly conditions: readonly Formula[];
  readonly names: readonly string[];
  readonly patterns: readonly string[];
  readonly allProperties: boolean;
  /** Leading elements. */
  readonly elements: number;
  readonly allElements: boolean;
}

const NOTHING_EVALUATED: Case = {
  conditions: [],
  names: [],
  patterns: [],
  allProperties: false,
  elements: 0,
  allElements: false,
};

/** There are too many cases, or they cannot be told beforehand. */
class TooManyCases extends Error {}

/**
 * `unevaluatedProperties` and `unevaluatedItems`: for each way in which the conditions beside them may turn out, it is
 * known which members the others evaluate, and then they are `additionalProperties` and `items`.
 */
export function compileUnevaluated(schema: JsonObject, compiler: SchemaCompiler): Formula[] {
  const properties = member(schema, 'unevaluatedProperties');
  const items = member(schema, 'unevaluatedItems');
  if (compiler.dialect === 'draft-07' || (properties === undefined && items === undefined)) return [];
  let cases: readonly Case[];
  try {
    cases = casesOf(schema, compiler, true, new Set());
  } catch (error) {
    if (!(error instanceof TooManyCases)) throw error;
    return [compiler.opaque(`unevaluated… beside ${error.message}`, schema)];
  }
  return cases.map((one) => {
    const consequences = [unevaluatedProperties(properties, one, compiler), unevaluatedItems(items, one, compiler)];
    return compiler.formulas.implies(compiler.formulas.all(one.conditions), compiler.formulas.all(consequences));
  });
}

function unevaluatedProperties(schema: unknown, one: Case, compiler: SchemaCompiler): Formula {
  if (schema === undefined || one.allProperties) return compiler.formulas.always;
  const [names, patterns] = [[...new Set(one.names)].sort(), [...new Set(one.patterns)].sort()];
  return compiler.formulas.holds({ kind: 'otherProperties', names, patterns, node: compiler.compile(schema) });
}

function unevaluatedItems(schema: unknown, one: Case, compiler: SchemaCompiler): Formula {
  if (schema === undefined || one.allElements) return compiler.formulas.always;
  return compiler.formulas.holds({ kind: 'itemsFrom', start: one.elements, node: compiler.compile(schema) });
}

function casesOf(schema: unknown, compiler: SchemaCompiler, isOwn: boolean, path: ReadonlySet<object>): Case[] {
  if (!isJsonObject(schema)) return [NOTHING_EVALUATED];
  if (path.has(schema)) throw new TooManyCases('a schema that contains itself');
  const deeper = new Set([...path, schema]);
  const within = (inner: unknown): Case[] => casesOf(inner, compiler, false, deeper);
  let cases = [ownCase(schema, compiler, isOwn)];
  for (const inner of unconditional(schema, compiler)) cases = product(cases, within(inner));
  for (const [condition, inner] of conditional(schema, compiler)) {
    const holds = within(inner).map((one) => ({ ...one, conditions: [condition, ...one.conditions] }));
    cases = product(cases, [...holds, { ...NOTHING_EVALUATED, conditions: [compiler.formulas.not(condition)] }]);
  }
  const branches = hasMember(schema, 'then') || hasMember(schema, 'else');
  if (!hasMember(schema, 'if') || !branches) return cases;
  // The specification counts what a failed `if` evaluated as unevaluated, ajv does not: no answer where that matters.
  if (!within(schema['if']).every((one) => cases.every((base) => evaluatesNoMore(one, base))))
    throw new TooManyCases('if');
  return product(cases, branchCases(schema, compiler, within));
}

function evaluatesNoMore(one: Case, base: Case): boolean {
  return (
    (!one.allProperties || base.allProperties) &&
    (!one.allElements || base.allElements) &&
    one.elements <= base.elements &&
    one.names.every((name) => base.names.includes(name)) &&
    one.patterns.every((pattern) => base.patterns.includes(pattern))
  );
}

function ownCase(schema: JsonObject, compiler: SchemaCompiler, isOwn: boolean): Case {
  if (compiler.dialect === '2020-12' && Object.hasOwn(schema, 'contains')) throw new TooManyCases('contains');
  const { first, others } = tupleOf(schema, compiler);
  return {
    conditions: [],
    names: Object.keys(membersOf(schema, 'properties')),
    patterns: Object.keys(membersOf(schema, 'patternProperties')),
    allProperties: hasMember(schema, 'additionalProperties') || (!isOwn && hasMember(schema, 'unevaluatedProperties')),
    elements: first.length,
    allElements: others !== undefined || (!isOwn && hasMember(schema, 'unevaluatedItems')),
  };
}

function hasMember(schema: JsonObject, keyword: string): boolean {
  return member(schema, keyword) !== undefined;
}

/** Schemas that always apply in the same place. */
function unconditional(schema: JsonObject, compiler: SchemaCompiler): unknown[] {
  const allOf = member(schema, 'allOf');
  const reference = member(schema, '$ref');
  if (hasMember(schema, '$dynamicRef') || hasMember(schema, '$recursiveRef')) throw new TooManyCases('$dynamicRef');
  const target = typeof reference === 'string' ? compiler.target(reference, schema) : undefined;
  return [...(Array.isArray(allOf) ? allOf : []), ...(target === undefined ? [] : [target])];
}

/** Schemas that evaluate something when a condition holds. */
function conditional(schema: JsonObject, compiler: SchemaCompiler): (readonly [Formula, unknown])[] {
  const alternatives = ['anyOf', 'oneOf'].flatMap((keyword) => {
    const list = member(schema, keyword);
    return Array.isArray(list) ? list.map((inner) => [compiler.compile(inner), inner] as const) : [];
  });
  const dependent = ['dependentSchemas', 'dependencies'].flatMap((keyword) =>
    Object.entries(membersOf(schema, keyword))
      .filter(([, inner]) => !Array.isArray(inner))
      .map(([name, inner]) => [compiler.hasProperty(name), inner] as const),
  );
  return [...alternatives, ...dependent];
}

function branchCases(schema: JsonObject, compiler: SchemaCompiler, within: (inner: unknown) => Case[]): Case[] {
  const condition = compiler.compile(schema['if']);
  const when = (formula: Formula, cases: readonly Case[]): Case[] =>
    cases.map((one) => ({ ...one, conditions: [formula, ...one.conditions] }));
  return [
    ...when(condition, product(within(schema['if']), within(member(schema, 'then')))),
    ...when(compiler.formulas.not(condition), within(member(schema, 'else'))),
  ];
}

function product(left: readonly Case[], right: readonly Case[]): Case[] {
  if (left.length * right.length > 2 ** MAX_UNEVALUATED_CONDITIONS) throw new TooManyCases('too many conditions');
  return left.flatMap((a) =>
    right.map((b) => ({
      conditions: [...a.conditions, ...b.conditions],
      names: [...a.names, ...b.names],
      patterns: [...a.patterns, ...b.patterns],
      allProperties: a.allProperties || b.allProperties,
      elements: Math.max(a.elements, b.elements),
      allElements: a.allElements || b.allElements,
    })),
  );
}
