import { type NormalisedGeneration, normaliseGeneration } from '../../../collectors/generation.js';
import type { LogRecord, Span } from '../../../collectors/otlp/types.js';
import { OUTPUT_READER } from '../../../detectors/index.js';
import type { Generation } from '../../../src/model/index.js';
import { type AttributeObject, span } from './spans.js';

export const SETTINGS = {
  userSalt: 'salt',
  promptFlag: 'prompt-flag',
  outputReader: OUTPUT_READER,
  outputSchema: () => null,
};

/** A span with these attributes as it is read; `null` when it is no generation. */
export function read(
  given: AttributeObject,
  more: Partial<Span> = {},
  logs: readonly LogRecord[] = [],
  parent: Span | null = null,
): NormalisedGeneration | null {
  return normaliseGeneration(span(given, more), { logs, parent }, SETTINGS);
}

/** The same for a span that is a generation. */
export function generation(
  given: AttributeObject,
  more: Partial<Span> = {},
  logs: readonly LogRecord[] = [],
): Generation {
  const normalised = read(given, more, logs);
  if (normalised === null) throw new Error('not read as a generation');
  return normalised.generation;
}

export const json = (value: unknown): string => JSON.stringify(value);
