import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** |got - expected| <= abs + rel · |expected|. */
export interface Tolerance {
  readonly abs: number;
  readonly rel: number;
}

/** One case: what goes in, and what an independent oracle says comes out, by the names of the quantities. */
export interface VectorCase {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly tolerance: Tolerance;
}

/** Statistics with expected values: cases of one family. */
export interface VectorFile {
  readonly family: string;
  readonly cases: readonly VectorCase[];
}

/**
 * All files of a directory in the order of their names, or a single file.
 * @throws Error naming the file that is not one of this form.
 */
export function readVectorFiles(location: string): VectorFile[] {
  const names = location.endsWith('.json')
    ? [location]
    : readdirSync(location)
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => path.join(location, name));
  return names.map((name) => {
    const content: unknown = JSON.parse(readFileSync(name, 'utf8'));
    if (!isVectorFile(content)) throw new Error(`${name} is not a file of test vectors: it needs family and cases`);
    return content;
  });
}

function isVectorFile(content: unknown): content is VectorFile {
  if (!isRecord(content) || typeof content['family'] !== 'string' || !Array.isArray(content['cases'])) return false;
  return content['cases'].every(
    (one: unknown) =>
      isRecord(one) && isRecord(one['input']) && isRecord(one['expected']) && isRecord(one['tolerance']),
  );
}

/** Whether a value is an object with named members. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
