import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RowBatch } from '../../collectors/row-batch.js';
import { writeBatch } from '../../collectors/spool/rows.js';
import { createWriters } from '../../collectors/spool/segment.js';
import { DETECTORS } from '../../detectors/index.js';
import { applyRetention, DEFAULT_RETENTION, migrate, openServer } from '../../src/store/index.js';
import { closeBuckets } from '../../src/store/queries/close-buckets.js';
import { aGeneration, generationsBatch } from '../support/batches.js';
import { cleanUp } from '../support/cleanup.js';
import { startClickHouse } from '../support/clickhouse-server.js';
import { dirtyBuckets } from '../support/dirty-buckets.js';
import { temporaryDirectory } from '../support/engine.js';

const clickhouse = await startClickHouse();
const database = await openServer(`${clickhouse.url}/leeway`);
cleanUp(() => database.close());
await migrate(database);

const directory = temporaryDirectory();
const START = 1_795_000_000;
let sequence = 0;

afterEach(() => clickhouse.fault({ kind: 'none' }));

/** The generations of a batch as the spool writes them. @returns the file and a token nobody used before */
function segment(batch: RowBatch): { path: string; token: string } {
  const writers = createWriters();
  writeBatch(writers, batch, START * 1000);
  sequence += 1;
  const path = join(directory, `${sequence}.rowbinary`);
  writeFileSync(path, writers.generations.take());
  return { path, token: `segment-${sequence}.generations` };
}

const calls = (n: number) => generationsBatch(Array.from({ length: n }, (_, i) => aGeneration(START + i)));

async function count(condition = '1'): Promise<number> {
  const rows = await database.query<{ n: number }>(`SELECT count() AS n FROM generations WHERE ${condition}`);
  return rows[0]?.n ?? 0;
}

describe('a ClickHouse server', () => {
  it('gets the database of the URL, the schema once, and its retention', async () => {
    const again = await openServer(`${clickhouse.url}/leeway`);
    expect(await migrate(again)).toEqual([]);
    await again.close();
    const other = await openServer(`${clickhouse.url}/elsewhere`);
    expect((await migrate(other)).length).toBeGreaterThan(0);
    await other.close();
    for (let round = 0; round < 2; round += 1) await applyRetention(database, { ...DEFAULT_RETENTION, generations: 3 });
    const [table] = await database.query<{ ddl: string }>(
      "SELECT create_table_query AS ddl FROM system.tables WHERE database = 'leeway' AND name = 'generations'",
    );
    expect(table?.ddl).toContain('TTL toDateTime(start_time) + toIntervalDay(3)');
    const alters = (await clickhouse.requests()).filter(({ query }) =>
      query.startsWith('ALTER TABLE generations MODIFY TTL'),
    );
    expect(alters).toHaveLength(1);
    await applyRetention(database, { ...DEFAULT_RETENTION, generations: 0 });
  });

  it('refuses a wrong password, and takes the right one whatever is in it', async () => {
    const wrong = clickhouse.url.replace(/:[^:]*@/, ':wrong@');
    const problem = await openServer(`${wrong}/leeway`).catch((error: unknown) => error);
    expect(problem).toMatchObject({ code: 'LEEWAY_STORE_UNAVAILABLE', cause: { code: '516' } });
    expect(String(problem)).toContain('Authentication failed');
  });

  it('that does not answer is named, its password is not', async () => {
    const problem = await openServer('http://leeway:geheim@127.0.0.1:9/leeway').catch((error: unknown) => error);
    expect(problem).toMatchObject({ code: 'LEEWAY_STORE_UNAVAILABLE' });
    expect(String(problem)).toContain('127.0.0.1:9');
    expect(String(problem)).not.toContain('geheim');
  });

  it('is not asked to create a database that is there: its user may not be allowed to', async () => {
    await (await openServer(`${clickhouse.url}/leeway`)).close();
    const created = (await clickhouse.requests()).filter(({ query }) => /^CREATE DATABASE.*\bleeway$/.test(query));
    expect(created).toHaveLength(1);
  });
});

describe('parameters', () => {
  const hostile = [
    '',
    "it's",
    'a\tb\nc\rd',
    'back\\slash',
    '"; DROP TABLE generations --',
    '{x:String}',
    'é 漢 🚢',
    '\\N',
  ];

  it.each(hostile)('are read as they were given: %j', async (text) => {
    const parameters = { text, texts: [text, 'b', text] };
    expect(await database.query('SELECT {text:String} AS text, {texts:Array(String)} AS texts', parameters)).toEqual([
      parameters,
    ]);
  });

  it('are numbers and lists of them', async () => {
    const numbers = { small: 7, large: 1_795_000_000_123, many: [1, 2, 3], none: [] };
    const rows = await database.query(
      `SELECT {small:UInt32} AS small, {large:Int64} AS large, {many:Array(UInt32)} AS many,
         {none:Array(String)} AS none`,
      numbers,
    );
    expect(rows).toEqual([numbers]);
  });

  it('are times to the nanosecond, in UTC', async () => {
    const rows = await database.query(
      `SELECT toString({at:DateTime64(9)}) AS at, toString(toDateTime({seconds:Int64})) AS seconds, timezone() AS zone`,
      { at: '2026-11-18 13:46:40.123456789', seconds: START },
    );
    expect(rows).toEqual([
      {
        at: '2026-11-18 13:46:40.123456789',
        seconds: new Date(START * 1000).toISOString().slice(0, 19).replace('T', ' '),
        zone: 'UTC',
      },
    ]);
  });

  it('of more than a URL carries are read too', async () => {
    const targets = Array.from({ length: 50_000 }, (_, i) => `target-${i}-it's`);
    const rows = await database.query('SELECT length({targets:Array(String)}) AS n', { targets });
    expect(rows).toEqual([{ n: targets.length }]);
  });

  it('also reach statements that write, at the size of a full step of the evaluation', async () => {
    const { path, token } = segment(
      generationsBatch(
        Array.from({ length: 500 }, (_, i) =>
          aGeneration(
            START + i * 10,
            {},
            { target: { service: `it's ${i}`, environment: 'test', operation: 'triage' } },
          ),
        ),
      ),
    );
    await database.loadSegment('generations', path, token);
    const metrics = DETECTORS.flatMap((detector) => detector.metrics);
    const look = { sinceMs: 0, closableBefore: START + 10_000, limit: 500 };
    const buckets = await dirtyBuckets(database, look);
    await closeBuckets(database, { buckets, metrics, revision: 1, closedAtMs: START * 1000 });
    expect(buckets).toHaveLength(500);
    expect(await dirtyBuckets(database, look)).toEqual([]);
  });
});

describe('rows of control tables', () => {
  it('come back as they were written, quotes, times and missing columns included', async () => {
    const row = { id: "d'1", service: 'a"b', surface: 'prompt', version: 'v\\1\n', at: '2026-11-18T13:46:40.123Z' };
    await database.insert('deployments', [row, { ...row, id: 'd2' }]);
    const rows = await database.query(
      'SELECT id, service, surface, version, comment, toUnixTimestamp64Milli(at) AS at_ms FROM deployments ORDER BY id',
    );
    const { at, ...text } = row;
    const read = { ...text, comment: '', at_ms: Date.parse(at) };
    expect(rows).toEqual([read, { ...read, id: 'd2' }]);
  });
});

describe('a segment', () => {
  // Rows with the same key are told apart here; merging would make them one.
  beforeAll(() => database.command('SYSTEM STOP MERGES generations'));

  it('is loaded once, however often it is sent under its token', async () => {
    const before = await count();
    const { path, token } = segment(calls(100));
    for (let round = 0; round < 3; round += 1) await database.loadSegment('generations', path, token);
    expect(await count()).toBe(before + 100);
    await database.loadSegment('generations', path, `${token}.2`);
    expect(await count()).toBe(before + 200);
  });

  it('is loaded once when the answer to its first load was lost', async () => {
    const before = await count();
    const { path, token } = segment(calls(10));
    await clickhouse.fault({ kind: 'cut', of: 'inserts', times: 1 });
    await expect(database.loadSegment('generations', path, token)).rejects.toThrow();
    await database.loadSegment('generations', path, token);
    expect(await count()).toBe(before + 10);
  });

  it('is loaded once when the answer came too late', async () => {
    const before = await count();
    const impatient = await openServer(`${clickhouse.url}/leeway?request_timeout=100`);
    const { path, token } = segment(calls(10));
    await clickhouse.fault({ kind: 'late', delayMs: 10_000, of: 'inserts', times: 1 });
    await expect(impatient.loadSegment('generations', path, token)).rejects.toThrow('Timeout');
    await impatient.close();
    await database.loadSegment('generations', path, token);
    expect(await count()).toBe(before + 10);
  });

  it('reaches what is derived from it also when its first load broke off in between', async () => {
    const { path, token } = segment(generationsBatch([aGeneration(START, { prompt: 'only-once' })]));
    await database.command("ALTER TABLE vectors ADD CONSTRAINT broken CHECK prompt_version != 'only-once'");
    await expect(database.loadSegment('generations', path, token)).rejects.toMatchObject({ code: '469' });
    expect(await count("prompt_version = 'only-once'")).toBe(1);
    await database.command('ALTER TABLE vectors DROP CONSTRAINT broken');
    await database.loadSegment('generations', path, token);
    expect(await count("prompt_version = 'only-once'")).toBe(1);
    expect(
      await database.query("SELECT DISTINCT prompt_version FROM vectors WHERE prompt_version = 'only-once'"),
    ).toHaveLength(1);
  });

  it('gives its connection back: many in a row do not run out of them', async () => {
    const before = await count();
    for (let i = 0; i < 30; i += 1) {
      const { path, token } = segment(calls(1));
      await database.loadSegment('generations', path, token);
    }
    expect(await count()).toBe(before + 30);
  });

  it('whose file is gone is an error, and the connection goes on', async () => {
    const { path, token } = segment(calls(1));
    rmSync(path);
    await expect(database.loadSegment('generations', path, token)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await count()).toBeGreaterThan(0);
  });
});

describe('exceptions', () => {
  it('keep their code', async () => {
    await expect(database.query('SELECT * FROM nowhere')).rejects.toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' });
    await expect(database.command('SELEC 1')).rejects.toMatchObject({ code: '62' });
    const { path, token } = segment(calls(1));
    for (const code of [241, 252]) {
      await clickhouse.fault({ kind: 'error', of: 'inserts', code });
      await expect(database.loadSegment('generations', path, token)).rejects.toMatchObject({ code: String(code) });
    }
  });

  it('of bytes that are no rows say so', async () => {
    const { path, token } = segment(calls(1));
    writeFileSync(path, Buffer.alloc(100, 0xff));
    await expect(database.loadSegment('generations', path, token)).rejects.toMatchObject({
      code: expect.stringMatching(/^(32|33|128|131)$/),
    });
  });

  it('are not printed with their parameters: whoever asked tells of them', async () => {
    const printed: unknown[] = [];
    const original = console.error;
    console.error = (...line) => printed.push(line);
    try {
      await expect(database.query('SELECT {secret:String} FROM nowhere', { secret: 's3cret' })).rejects.toThrow();
    } finally {
      console.error = original;
    }
    expect(printed).toEqual([]);
  });
});

describe('a server that is away, slow or breaks off', () => {
  it('refuses: that is no exception of the engine, and is over when it is over', async () => {
    await clickhouse.fault({ kind: 'refuse' });
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'LEEWAY_STORE_UNAVAILABLE' });
    await clickhouse.fault({ kind: 'none' });
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('answers late: the answer is waited for', async () => {
    await clickhouse.fault({ kind: 'late', delayMs: 300 });
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('cuts an answer: half of it is not taken for all', async () => {
    await clickhouse.fault({ kind: 'cut' });
    await expect(database.query('SELECT number FROM numbers(100000)')).rejects.toThrow();
    await expect(database.command('SELECT 1')).rejects.toThrow();
    await expect(database.insert('deployments', [{ id: 'd3', at: 0 }])).rejects.toThrow();
  });
});
