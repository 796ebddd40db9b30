import type { Formula } from '../formula.js';
import { type JsonObject, member } from '../json.js';
import type { SchemaCompiler } from './compiler.js';
import { countOf } from './keywords.js';

/** `items`, `prefixItems`, `additionalItems`, `contains`, `minItems`, `maxItems`, `uniqueItems`. */
export function compileArrayKeywords(schema: JsonObject, compiler: SchemaCompiler): Formula[] {
  const { formulas } = compiler;
  const parts: Formula[] = [...itemKeywords(schema, compiler), ...containsKeywords(schema, compiler)];
  const minItems = countOf(schema, 'minItems');
  if (minItems !== null) parts.push(formulas.holds({ kind: 'minItems', limit: minItems }));
  const maxItems = countOf(schema, 'maxItems');
  if (maxItems !== null) parts.push(formulas.holds({ kind: 'maxItems', limit: maxItems }));
  if (member(schema, 'uniqueItems') === true) parts.push(formulas.holds({ kind: 'uniqueItems' }));
  return parts;
}

/** The schemas of the first elements, and the one of all others: 2020-12 renamed what they are called. */
export function tupleOf(
  schema: JsonObject,
  { dialect }: Pick<SchemaCompiler, 'dialect'>,
): { first: readonly unknown[]; others: unknown } {
  const items = member(schema, 'items');
  if (dialect === '2020-12') {
    const first = member(schema, 'prefixItems');
    return { first: Array.isArray(first) ? first : [], others: items };
  }
  if (Array.isArray(items)) return { first: items, others: member(schema, 'additionalItems') };
  return { first: [], others: items };
}

function itemKeywords(schema: JsonObject, compiler: SchemaCompiler): Formula[] {
  const { first, others } = tupleOf(schema, compiler);
  const parts = first.map((item, index) =>
    compiler.formulas.holds({ kind: 'itemAt', index, node: compiler.compile(item) }),
  );
  if (others === undefined) return parts;
  const node = compiler.compile(others);
  return [...parts, compiler.formulas.holds({ kind: 'itemsFrom', start: first.length, node })];
}

function containsKeywords(schema: JsonObject, compiler: SchemaCompiler): Formula[] {
  const contains = member(schema, 'contains');
  if (contains === undefined) return [];
  const isCounted = compiler.dialect !== 'draft-07';
  const atLeast = (isCounted ? countOf(schema, 'minContains') : null) ?? 1;
  const atMost = isCounted ? countOf(schema, 'maxContains') : null;
  const node = compiler.compile(contains);
  const parts = [compiler.formulas.holds({ kind: 'containsAtLeast', node, count: atLeast })];
  if (atMost !== null) parts.push(compiler.formulas.holds({ kind: 'containsAtMost', node, count: atMost }));
  return parts;
}
