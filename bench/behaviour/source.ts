import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { parseCsv } from './csv.js';
import { BenchUsageError, type SourceOptions } from './options.js';

const TEXT_COLUMNS: readonly string[] = ['output', 'answer', 'response', 'completion', 'text'];
const KEY_COLUMNS: readonly string[] = ['instruction', 'query', 'prompt', 'question', 'input', 'id'];

/** One output and the instruction it answers. */
export interface SourceRow {
  readonly key: string;
  readonly text: string;
}

type FileRow = Readonly<Record<string, unknown>>;

/** The rows of a file that pass its filters. @throws BenchUsageError when it cannot be read or lacks a column */
export function readSource({ file, filters, textColumn, keyColumn }: SourceOptions): SourceRow[] {
  const rows = readFile(file);
  for (const { column } of filters) requireColumn(file, rows, column);
  const kept = rows.filter((row) => filters.every(({ column, value }) => String(row[column]) === value));
  if (kept.length === 0) throw new BenchUsageError(`${file}: no row is left`);
  const textName = textColumn ?? TEXT_COLUMNS.find((name) => hasColumn(kept, name));
  if (textName === undefined) throw new BenchUsageError(`${file} has none of ${TEXT_COLUMNS.join(', ')}: say --column`);
  requireColumn(file, kept, textName);
  if (keyColumn !== null) requireColumn(file, kept, keyColumn);
  const keyName = keyColumn ?? KEY_COLUMNS.find((name) => name !== textName && hasColumn(kept, name));
  return kept.map((row, index) => ({
    key: keyName === undefined ? String(index) : asText(row[keyName]),
    text: asText(row[textName]),
  }));
}

function readFile(file: string): FileRow[] {
  try {
    const text = readFileSync(file, 'utf8');
    if (extname(file).toLowerCase() === '.csv') return parseCsv(text);
    const parsed: unknown = text.trimStart().startsWith('[') ? JSON.parse(text) : jsonLines(text);
    if (!Array.isArray(parsed) || !parsed.every(isRow)) throw new SyntaxError('expected an array of objects');
    return parsed;
  } catch (error) {
    throw new BenchUsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function jsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): unknown => JSON.parse(line));
}

function isRow(value: unknown): value is FileRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasColumn(rows: readonly FileRow[], name: string): boolean {
  return rows.some((row) => Object.hasOwn(row, name));
}

function requireColumn(file: string, rows: readonly FileRow[], name: string): void {
  if (hasColumn(rows, name)) return;
  const known = Object.keys(rows[0] ?? {}).map((column) => JSON.stringify(column));
  throw new BenchUsageError(`${file} has no column ${JSON.stringify(name)}; it has ${known.join(', ')}`);
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
