import type { Formula } from '../formula.js';
import { isJsonObject, type JsonObject, member } from '../json.js';
import type { SchemaCompiler } from './compiler.js';
import { countOf, membersOf, namesOf } from './keywords.js';

/** `properties` and its relatives, `required`, `dependencies` and theirs, `propertyNames`, `min-` and `maxProperties`. */
export function compileObjectKeywords(schema: JsonObject, compiler: SchemaCompiler): Formula[] {
  const { formulas } = compiler;
  const parts = [...propertyKeywords(schema, compiler), ...dependencyKeywords(schema, compiler)];
  for (const name of namesOf(member(schema, 'required'))) parts.push(formulas.holds({ kind: 'required', name }));
  const propertyNames = member(schema, 'propertyNames');
  if (propertyNames !== undefined) {
    parts.push(formulas.holds({ kind: 'propertyNames', node: compiler.compile(propertyNames) }));
  }
  const minProperties = countOf(schema, 'minProperties');
  if (minProperties !== null) parts.push(formulas.holds({ kind: 'minProperties', limit: minProperties }));
  const maxProperties = countOf(schema, 'maxProperties');
  if (maxProperties !== null) parts.push(formulas.holds({ kind: 'maxProperties', limit: maxProperties }));
  return parts;
}

function propertyKeywords(schema: JsonObject, compiler: SchemaCompiler): Formula[] {
  const { formulas } = compiler;
  const properties = Object.entries(membersOf(schema, 'properties'));
  const patterns = Object.entries(membersOf(schema, 'patternProperties'));
  const names = properties.map(([name]) => name);
  const parts = [
    ...properties.map(([name, inner]) => formulas.holds({ kind: 'property', name, node: compiler.compile(inner) })),
    ...patterns.map(([pattern, inner]) =>
      formulas.holds({ kind: 'patternProperty', pattern, node: compiler.compile(inner) }),
    ),
  ];
  const others = member(schema, 'additionalProperties');
  if (others !== undefined) parts.push(otherProperties(names, patterns, compiler.compile(others), compiler));
  // An object without `properties` is a map, whose names are data; one with none of them is an object without members.
  if (compiler.marksDeclaredNames && member(schema, 'properties') !== undefined) {
    parts.push(formulas.holds({ kind: 'declares', names, others: isJsonObject(others) }));
  }
  return parts;
}

function otherProperties(
  names: readonly string[],
  patterns: readonly (readonly [string, unknown])[],
  node: Formula,
  compiler: SchemaCompiler,
): Formula {
  return compiler.formulas.holds({
    kind: 'otherProperties',
    names: [...names].sort(),
    patterns: patterns.map(([pattern]) => pattern).sort(),
    node,
  });
}

function dependencyKeywords(schema: JsonObject, compiler: SchemaCompiler): Formula[] {
  const keywords = compiler.dialect === 'draft-07' ? ['dependencies'] : DEPENDENCIES;
  return keywords.flatMap((keyword) =>
    Object.entries(membersOf(schema, keyword)).map(([name, consequence]) =>
      compiler.formulas.implies(compiler.hasProperty(name), consequenceOf(consequence, compiler)),
    ),
  );
}

/** ajv reads the old keyword in the newer dialects too. */
const DEPENDENCIES = ['dependencies', 'dependentRequired', 'dependentSchemas'];

function consequenceOf(consequence: unknown, compiler: SchemaCompiler): Formula {
  if (!Array.isArray(consequence)) return compiler.compile(consequence);
  const required = namesOf(consequence).map((name) => compiler.formulas.holds({ kind: 'required', name }));
  return compiler.formulas.all(required);
}
