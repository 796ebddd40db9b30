import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** A pair of schemas, and whether somebody's engine accepts the update. */
export interface CompatibilityCase {
  readonly id: string;
  readonly source: string;
  readonly description: string;
  readonly originalSchema: unknown;
  readonly updateSchema: unknown;
  readonly compatible: boolean;
  /** An instance that is valid under the original and invalid under the update, in a box: it may be `null`. */
  readonly counterexample: { readonly instance: unknown } | null;
  /** The source says compatible though a counterexample exists: not scored. */
  readonly engineQuirk: boolean;
}

/**
 * All cases of a file, or of every .json file of a directory in the order of their names.
 * @throws Error naming the file or the case that is not of this form
 */
export function readCases(location: string): CompatibilityCase[] {
  const files = statSync(location).isDirectory()
    ? readdirSync(location)
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => path.join(location, name))
    : [location];
  return files.flatMap((file) => {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const cases = isRecord(content) ? content['cases'] : content;
    if (!Array.isArray(cases)) throw new Error(`${file} holds no list of cases`);
    return cases.map((one: unknown) => readCase(one, file));
  });
}

function readCase(one: unknown, file: string): CompatibilityCase {
  if (!isRecord(one) || typeof one['id'] !== 'string' || typeof one['compatible'] !== 'boolean') {
    throw new Error(`${file}: a case needs id, original_schema, update_schema and compatible`);
  }
  return {
    id: one['id'],
    source: textOf(one['source']),
    description: textOf(one['description']),
    originalSchema: one['original_schema'],
    updateSchema: one['update_schema'],
    compatible: one['compatible'],
    counterexample: 'semantic_counterexample' in one ? { instance: one['semantic_counterexample'] } : null,
    engineQuirk: one['engine_quirk'] === true,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
