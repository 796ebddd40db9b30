import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorMessage } from '../../model/index.js';
import { type Database, openEmbedded } from '../../store/index.js';
import { type BacktestOptions, BacktestUsageError } from './options.js';

/** Rows that are in memory at a time. */
const PAGE_ROWS = 4_000;

const FORMATS: Readonly<Record<string, string>> = {
  '.csv': 'CSVWithNames',
  '.tsv': 'TSVWithNames',
  '.jsonl': 'JSONEachRow',
  '.ndjson': 'JSONEachRow',
  '.json': 'JSONEachRow',
  '.parquet': 'Parquet',
};

/** The engine would read these as patterns or archive members instead of as a name. */
const NOT_A_PLAIN_PATH = /[*?{}]|::/;

/** Everything stays the text it is in the file; one thread, so that rows keep their order; small blocks, for memory. */
const READ_SETTINGS =
  'SETTINGS max_threads = 1, max_insert_threads = 1, input_format_csv_use_best_effort_in_schema_inference = 0, ' +
  'input_format_tsv_use_best_effort_in_schema_inference = 0, input_format_json_try_infer_named_tuples_from_objects = 0, ' +
  'input_format_json_read_objects_as_strings = 1, input_format_json_read_arrays_as_strings = 1, ' +
  'max_block_size = 8192, min_insert_block_size_rows = 8192, min_insert_block_size_bytes = 33554432';

/** One row of a file, as text; `null` where the column was not asked for, is NULL or (but for `output`) empty. */
export interface FileRow {
  readonly file: string;
  /** 0 for the first file given, 1 for the second. */
  readonly fileIndex: number;
  /** 1-based, not counting a header. */
  readonly row: number;
  readonly version: string | null;
  readonly outcome: string | null;
  readonly output: string | null;
  readonly latency: string | null;
}

/** How many rows of a version a file has. */
export interface RowCount {
  readonly fileIndex: number;
  readonly version: string | null;
  readonly rows: number;
}

/** The asked rows of all files, read as often as wanted. */
export interface RowSource {
  readonly counts: readonly RowCount[];
  /** In file order. */
  rows(): AsyncGenerator<FileRow>;
}

/**
 * Loads the asked columns of the asked versions into the embedded engine, in a temporary directory that is gone afterwards.
 * @throws BacktestUsageError when a file cannot be read or lacks a column
 */
export async function withRows<Result>(
  options: BacktestOptions,
  use: (source: RowSource) => Promise<Result>,
): Promise<Result> {
  const files = options.files.map(describeFile);
  const directory = mkdtempSync(path.join(tmpdir(), 'leeway-backtest-'));
  try {
    const database = await openEmbedded(directory);
    try {
      const tables: LoadedFile[] = [];
      for (const [fileIndex, file] of files.entries()) {
        tables.push({ file: file.path, fileIndex, table: `rows_${fileIndex}` });
        await loadColumns(database, file, `rows_${fileIndex}`, fileIndex, options);
      }
      return await use(await sourceOf(database, tables));
    } finally {
      await database.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface LoadedFile {
  readonly file: string;
  readonly fileIndex: number;
  readonly table: string;
}

async function sourceOf(database: Database, files: readonly LoadedFile[]): Promise<RowSource> {
  const counts: RowCount[] = [];
  for (const { table, fileIndex } of files) {
    const sql = 'SELECT asked_version AS version, count() AS rows FROM {table:Identifier} GROUP BY asked_version';
    const rows = await database.query<Omit<RowCount, 'fileIndex'>>(sql, { table });
    counts.push(...rows.map((row) => ({ fileIndex, ...row })));
  }
  return {
    counts,
    async *rows() {
      for (const file of files) yield* rowsOfFile(database, file);
    },
  };
}

interface DataFile {
  readonly path: string;
  readonly format: string;
}

function describeFile(given: string): DataFile {
  const resolved = path.resolve(given);
  const extension = path.extname(given.replace(/\.(gz|zst)$/i, '')).toLowerCase();
  const format = FORMATS[extension];
  if (format === undefined) {
    throw new BacktestUsageError(`${given}: the name must end in ${Object.keys(FORMATS).join(', ')} (also .gz, .zst)`);
  }
  if (NOT_A_PLAIN_PATH.test(resolved))
    throw new BacktestUsageError(`${given}: a path with * ? { } or :: cannot be read`);
  if (statSync(resolved, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new BacktestUsageError(`${given}: there is no such file`);
  }
  return { path: resolved, format };
}

/** Page by page. */
async function* rowsOfFile(database: Database, { file, fileIndex, table }: LoadedFile): AsyncGenerator<FileRow> {
  const sql =
    'SELECT row, asked_version AS version, asked_outcome AS outcome, asked_output AS output, asked_latency AS latency ' +
    'FROM {table:Identifier} WHERE row > {after:UInt64} ORDER BY row LIMIT {limit:UInt64}';
  for (let after = 0; ; ) {
    const page = await database.query<Omit<FileRow, 'file' | 'fileIndex'>>(sql, { table, after, limit: PAGE_ROWS });
    for (const row of page) yield { file, fileIndex, ...row };
    after = page.at(-1)?.row ?? 0;
    if (page.length < PAGE_ROWS) return;
  }
}

/** The columns that are read, by what they mean; `null` when not asked for. */
function askedColumns(options: BacktestOptions): Readonly<Record<string, string | null>> {
  return {
    version: options.versionColumn,
    outcome: options.outcomeColumn,
    output: options.outputColumn,
    latency: options.latencyColumn,
  };
}

/** Keeps the few columns in a table of their own, numbered. */
async function loadColumns(
  database: Database,
  file: DataFile,
  table: string,
  fileIndex: number,
  options: BacktestOptions,
): Promise<void> {
  const source = { file: file.path, format: file.format };
  const columns = await columnsOf(database, source);
  const asked = askedColumns(options);
  const select = Object.entries(asked).map(([meaning, name]) => columnSql(meaning, name, typeOf(columns, name, file)));
  const names = Object.fromEntries(Object.entries(asked).filter(([, name]) => name !== null));
  const versions = wantedVersions(options, fileIndex);
  const sql =
    `CREATE TABLE {table:Identifier} ENGINE = MergeTree ORDER BY row AS SELECT * FROM ` +
    `(SELECT rowNumberInAllBlocks() + 1 AS row, ${select.join(', ')} FROM file({file:String}, {format:String})) ` +
    `${versions.length > 0 ? 'WHERE asked_version IN {versions:Array(String)}' : ''} ${READ_SETTINGS}`;
  try {
    await database.command(sql, { table, ...source, ...names, versions });
  } catch (error) {
    throw new BacktestUsageError(`${file.path} cannot be read as ${file.format}: ${firstLine(error)}`);
  }
}

/** Versions to keep of a file; none keeps every row. */
function wantedVersions(options: BacktestOptions, fileIndex: number): string[] {
  if (options.versionColumn === null) return [];
  const { files, baseline, candidate } = options;
  const wanted = files.length === 1 ? [baseline, candidate] : [fileIndex === 0 ? baseline : candidate];
  return wanted.filter((version) => version !== null);
}

function typeOf(columns: ReadonlyMap<string, string>, name: string | null, file: DataFile): string {
  if (name === null) return '';
  const type = columns.get(name);
  if (type !== undefined) return type;
  const known = [...columns.keys()].map((column) => JSON.stringify(column)).join(', ');
  throw new BacktestUsageError(`${file.path} has no column ${JSON.stringify(name)}; it has ${known}`);
}

/** Names and types, in the order of the file. */
async function columnsOf(database: Database, source: { file: string; format: string }): Promise<Map<string, string>> {
  const sql = `DESCRIBE TABLE file({file:String}, {format:String}) ${READ_SETTINGS}`;
  try {
    const rows = await database.query<{ name: string; type: string }>(sql, source);
    return new Map(rows.map(({ name, type }) => [name, type]));
  } catch (error) {
    throw new BacktestUsageError(`${source.file} cannot be read as ${source.format}: ${firstLine(error)}`);
  }
}

/**
 * A column as text (nested values as JSON), empty text as NULL except for an output, where it is an answer. Its name is a
 * parameter called by its meaning; the alias has a prefix, because a file may well have a column called `output`.
 */
function columnSql(meaning: string, name: string | null, type: string): string {
  if (name === null) return `CAST(NULL, 'Nullable(String)') AS asked_${meaning}`;
  const text = /^(Array|Tuple|Map|JSON|Object)\b/.test(type) ? 'toJSONString' : 'toString';
  const value = `${text}({${meaning}:Identifier})`;
  return `${meaning === 'output' ? value : `nullIf(${value}, '')`} AS asked_${meaning}`;
}

function firstLine(error: unknown): string {
  return errorMessage(error).split('\n')[0]?.slice(0, 300) ?? '';
}
