import { MAX_MESSAGES } from '../../messages.js';
import type { Attributes, AttributeValue } from '../types.js';
import { shapeOf } from '../wire/shape.js';

/** Elements of an indexed form that are looked at: `gen_ai.prompt.9999999.role` must cost nothing. */
const MAX_INDEXED = MAX_MESSAGES;

/**
 * Groups attributes of the form `PREFIX.N.rest` by N, in order of N. A name goes on after the index, and the index is
 * digits: `gen_ai.prompt.version` is no element of `gen_ai.prompt`.
 */
export function indexedElements(attributes: Attributes, prefix: string): ReadonlyMap<string, AttributeValue>[] {
  const start = `${prefix}.`;
  // Most spans have none, which their shape tells without a look at each name.
  if (shapeOf(attributes)?.hasPrefix(start) === false) return [];
  const groups = new Map<number, Map<string, AttributeValue>>();
  for (const [name, value] of attributes) {
    if (!name.startsWith(start)) continue;
    const element = splitIndex(name.slice(start.length));
    if (element === undefined) continue;
    const group = groups.get(element.index) ?? new Map<string, AttributeValue>();
    group.set(element.rest, value);
    groups.set(element.index, group);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

function splitIndex(name: string): { readonly index: number; readonly rest: string } | undefined {
  const match = /^(0|[1-9]\d{0,5})\.(.+)$/s.exec(name);
  const index = Number(match?.[1]);
  const rest = match?.[2];
  return rest !== undefined && index < MAX_INDEXED ? { index, rest } : undefined;
}
