import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from 'chdb';

/**
 * @typedef {{ exception: string }} Failure the engine's own text: `Code: N. DB::Exception: … (NAME)`
 * @typedef {{ exception?: undefined, body: Buffer, format: string, summary: Record<string, string> }} Success
 * @typedef {Failure | Success} Result
 */

/** The engine reads binary rows from files only; the real server reads them from the body. */
const BINARY_INSERT =
  /^\s*INSERT\s+INTO\s+(?:TABLE\s+)?([\w.`]+)\s*(?:\(([^()]*)\))?\s*(SETTINGS.*?)?\s*FORMAT\s+(RowBinary)\s*$/is;
const MAX_PARAMETERS_BYTES = 64 * 1024 ** 2;
const FORMAT_CLAUSE = /\bFORMAT\s+(\w+)\s*;?\s*$/i;

/**
 * Statements of concurrent requests run side by side, each in a session of its own: what one sets, no other sees.
 * @param {string} directory
 */
export function openEngine(directory) {
  // Keeps the engine loaded between requests.
  const anchor = new Session(directory);
  const uploads = mkdtempSync(join(tmpdir(), 'leeway-clickhouse-'));
  process.on('exit', () => anchor.close());
  let sequence = 0;

  return {
    /** @param {import('./request.mjs').AskedQuery} asked @returns {Promise<Result>} */
    async run(asked) {
      const session = new Session(directory);
      const upload = join(uploads, String(sequence++));
      try {
        await prepare(session, asked);
        const statement = await statementOf(session, asked, upload);
        const result = await session.queryAsync(statement, { format: asked.format });
        return {
          body: Buffer.from(result.bytes()),
          format: FORMAT_CLAUSE.exec(asked.query)?.[1] ?? asked.format,
          summary: summaryOf(result),
        };
      } catch (error) {
        return { exception: error instanceof Error ? error.message : String(error) };
      } finally {
        session.close();
        await rm(upload, { force: true });
      }
    },
  };
}

/** @param {Session} session @param {import('./request.mjs').AskedQuery} asked */
async function prepare(session, { database, settings, parameters, readonly }) {
  await session.queryAsync(`USE ${quoted(database, '`')}`);
  const given = [...parameters].map(([name, value]) => `param_${name} = ${quoted(value)}`);
  // The real server does not count parameters as part of the query.
  if (given.length > 0) {
    await session.queryAsync(`SET max_query_size = ${MAX_PARAMETERS_BYTES}`);
    await session.queryAsync(`SET ${given.join(', ')}`);
    await session.queryAsync('SET max_query_size = DEFAULT');
  }
  const set = [...settings].map(([name, value]) => `${name} = ${quoted(value)}`);
  if (readonly) set.push('readonly = 2');
  if (set.length > 0) await session.queryAsync(`SET ${set.join(', ')}`);
}

/** @param {Session} session @param {import('./request.mjs').AskedQuery} asked @param {string} upload */
async function statementOf(session, { query, data }, upload) {
  const [, table = '', columns, clause = ''] = BINARY_INSERT.exec(query) ?? [];
  if (table === '') return data.length === 0 ? query : `${query}\n${data.toString()}`;
  const described = await session.queryAsync(`DESCRIBE TABLE ${table}`, { format: 'JSONEachRow' });
  const types = new Map(
    described
      .text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ name, type }) => [name, type]),
  );
  const names = columns?.split(',').map((name) => name.trim().replaceAll('`', '')) ?? [...types.keys()];
  const structure = names.map((name) => `${quoted(name, '`')} ${types.get(name)}`).join(', ');
  await writeFile(upload, data);
  const list = names.map((name) => quoted(name, '`')).join(', ');
  // One thread reads and one writes: the blocks come in the order of the body, as they do from a real body.
  const settings = clause === '' ? 'SETTINGS max_threads = 1, max_insert_threads = 1' : clause;
  return `INSERT INTO ${table} (${list}) ${settings} SELECT * FROM file(${quoted(upload)}, 'RowBinary', ${quoted(structure)})`;
}

/** @param {string} text */
function quoted(text, quote = "'") {
  return quote + text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
}

/** @param {{ rowsRead: number, bytesRead: number, elapsed: number }} result */
function summaryOf({ rowsRead, bytesRead, elapsed }) {
  return {
    read_rows: String(rowsRead),
    read_bytes: String(bytesRead),
    written_rows: '0',
    written_bytes: '0',
    total_rows_to_read: '0',
    result_rows: String(rowsRead),
    result_bytes: String(bytesRead),
    elapsed_ns: String(Math.round(elapsed * 1e9)),
  };
}
