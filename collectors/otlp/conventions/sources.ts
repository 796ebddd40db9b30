import { at, structuredValue, textAt } from '../../json-content.js';
import type { AttributeValue, Span } from '../types.js';
import type { Recognition, Source } from './convention.js';

/** A value as text: strings, and numbers where a client has a number for a version. Empty text is nothing. */
export function asText(value: AttributeValue | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** A value as a finite number. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^-?\d+(?:\.\d+)?$/.test(value)) return undefined;
  return Number(value);
}

/** A duration in nanoseconds from a number in another unit; nothing when negative or beyond belief (104 days). */
export function asElapsedNs(value: unknown, nanosecondsPerUnit: number): bigint | undefined {
  const elapsed = Math.round((asNumber(value) ?? Number.NaN) * nanosecondsPerUnit);
  return Number.isSafeInteger(elapsed) && elapsed >= 0 ? BigInt(elapsed) : undefined;
}

/** Token counts are whole and not negative; anything else is "not reported". */
function asCount(value: unknown): number | undefined {
  const count = asNumber(value);
  return count !== undefined && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/** A span attribute as text. */
export function text(name: string): Source<string> {
  return { reads: { attributes: [name] }, read: (call) => asText(call.attribute(name)) };
}

/** OpenTelemetry's own names for clouds, whose services go on after the dot: `aws.bedrock`, `gcp.gemini`. */
const CLOUDS = /^(?:aws|az|azure|gcp|ibm)\./;

/** A provider; some clients add the API they called, as in `openai.chat` and `anthropic.messages`. */
export function provider(name: string): Source<string> {
  return {
    reads: { attributes: [name] },
    read: (call) => {
      const value = asText(call.attribute(name));
      return value === undefined || CLOUDS.test(value) ? value : value.split('.')[0] || undefined;
    },
  };
}

/** A resource attribute as text. */
export function resourceText(name: string): Source<string> {
  return { reads: { resource: [name] }, read: (call) => asText(call.span.resource.get(name)) };
}

/** A span attribute as a count of tokens. */
export function count(name: string): Source<number> {
  return { reads: { attributes: [name] }, read: (call) => asCount(call.attribute(name)) };
}

/** Text inside an attribute that holds a structure. */
export function textWithin(name: string, ...path: readonly (string | number)[]): Source<string> {
  return { reads: { attributes: [name] }, read: (call) => textAt(call.structured(name), ...path) };
}

/** A count of tokens inside an attribute that holds a structure. */
export function countWithin(name: string, ...path: readonly (string | number)[]): Source<number> {
  return { reads: { attributes: [name] }, read: (call) => asCount(at(call.structured(name), ...path)) };
}

/** A span attribute as a number. */
export function number(name: string): Source<number> {
  return { reads: { attributes: [name] }, read: (call) => asNumber(call.attribute(name)) };
}

/** A number inside an attribute that holds a structure. */
export function numberWithin(name: string, ...path: readonly (string | number)[]): Source<number> {
  return { reads: { attributes: [name] }, read: (call) => asNumber(at(call.structured(name), ...path)) };
}

/** Anything inside an attribute that holds a structure. */
export function within(name: string, ...path: readonly (string | number)[]): Source<unknown> {
  return { reads: { attributes: [name] }, read: (call) => at(call.structured(name), ...path) };
}

/** A list inside an attribute that holds a structure; an empty list is nothing. */
export function listWithin(name: string, ...path: readonly (string | number)[]): Source<readonly unknown[]> {
  return {
    reads: { attributes: [name] },
    read: (call) => {
      const value = at(call.structured(name), ...path);
      return Array.isArray(value) && value.length > 0 ? value : undefined;
    },
  };
}

/** The first text of an attribute that is an array (or its JSON, as stores without arrays keep it), or the attribute itself. */
export function firstText(name: string): Source<string> {
  return {
    reads: { attributes: [name] },
    read: (call) => {
      const value = call.attribute(name);
      const list = typeof value === 'string' && !value.startsWith('[') ? undefined : call.structured(name);
      return Array.isArray(list) ? textAt(list, 0) : asText(value);
    },
  };
}

/** A structured attribute of the parent span. */
export function parentStructure(name: string): Source<unknown> {
  return { reads: { parent: [name] }, read: (call) => structuredValue(call.parent?.attributes.get(name)) };
}

/** The same source at another place in the order of all conventions. */
export function ranked<T>(rank: number, source: Source<T>): Source<T> {
  return { ...source, rank };
}

/** A span attribute that has a value on every span of the convention decides by it. */
export function generationWhen(name: string, isGeneration: (value: string) => boolean): Recognition {
  return {
    reads: [name],
    isGeneration: (span: Span) => {
      const value = asText(span.attributes.get(name));
      return value === undefined ? undefined : isGeneration(value);
    },
  };
}
