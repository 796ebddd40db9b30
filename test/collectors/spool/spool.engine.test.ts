import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_BATCH } from '../../../collectors/row-batch.js';
import { writeBatch } from '../../../collectors/spool/rows.js';
import { createWriters, OpenSegment } from '../../../collectors/spool/segment.js';
import { Spool, type SpoolOptions } from '../../../collectors/spool/spool.js';
import { systemClock } from '../../../src/model/index.js';
import type { Database } from '../../../src/store/index.js';
import { aGeneration, anOutcome, aSpan, generationsBatch } from '../../support/batches.js';
import { startEngine, temporaryDirectory } from '../../support/engine.js';

const database = await startEngine();
const running: Spool[] = [];
const log: string[] = [];

async function startSpool(overrides: Partial<SpoolOptions> = {}, store: Database = database): Promise<Spool> {
  const spool = await Spool.start(store, {
    directory: temporaryDirectory(),
    maxBytes: 1e9,
    fsync: 'never',
    clock: systemClock,
    log: (line) => log.push(line),
    ...overrides,
  });
  running.push(spool);
  return spool;
}

async function count(table: string): Promise<number> {
  const rows = await database.query<{ n: number }>(`SELECT count() AS n FROM ${table}`);
  return rows[0]?.n ?? -1;
}

/** The real engine, except that loading fails while `error` says so. */
function failing(error: () => Error | null): Database {
  return {
    query: (sql, parameters) => database.query(sql, parameters),
    command: (sql, parameters) => database.command(sql, parameters),
    insert: (table, rows) => database.insert(table, rows),
    loadSegment: async (table, path, token, wasInterrupted) => {
      const problem = error();
      if (problem) throw problem;
      await database.loadSegment(table, path, token, wasInterrupted);
    },
    close: () => database.close(),
  };
}

/** A disk that forces nothing down until it is let; whoever waits for it is told. */
async function slowDisk(): Promise<{ readonly isBusy: Promise<void>; readonly release: () => void }> {
  const file = await open('/dev/null');
  await file.close();
  const [isBusy, released] = [signal(), signal()];
  vi.spyOn(Object.getPrototypeOf(file) as FileHandle, 'datasync').mockImplementation(() => {
    isBusy.give();
    return released.given;
  });
  return { isBusy: isBusy.given, release: released.give };
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

afterEach(async () => {
  vi.restoreAllMocks();
  for (const spool of running.splice(0)) await spool.stop();
});

describe('spool', () => {
  it('brings every kind of row into its table, value for value', async () => {
    const spool = await startSpool();
    const span = aSpan({
      attributes: new Map<string, never | string | bigint | boolean | readonly string[]>([
        ['text', "it's\n\t\\ \u0000 ünïcode 🧭"],
        ['__proto__', 'harmless'],
        ['integer', 9_007_199_254_740_993n],
        ['flag', true],
        ['list', ['a', 'b']],
      ]),
      events: [{ timeNs: 1_795_000_000_500_000_001n, name: 'exception', attributes: new Map([['k', 'v']]) }],
      links: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceState: '', attributes: new Map() }],
    });
    const artifact = { digest: 'd'.repeat(64), kind: 'prompt', content: 'You are kind.' } as const;
    const call = aGeneration(
      1_795_000_003,
      { prompt: 'v13' },
      { tokens: { input: 5, output: null, cached: 0, reasoning: 7 } },
    );
    await spool.append({
      ...EMPTY_BATCH,
      spans: [span],
      artifacts: [artifact],
      outcomes: [anOutcome({ value: 0.25 })],
      generations: [{ generation: call, revision: 3 }],
    });
    await spool.drained();
    const [stored] = await database.query<Record<string, unknown>>('SELECT * FROM otel_traces');
    expect(stored).toMatchObject({
      TraceId: span.traceId,
      ServiceName: 'support-bot',
      Duration: 1_000_000_000,
      SpanAttributes: {
        text: "it's\n\t\\ \u0000 ünïcode 🧭",
        integer: '9007199254740993',
        flag: 'true',
        list: '["a","b"]',
      },
      'Events.Name': ['exception'],
      'Events.Timestamp': ['2026-11-18 11:06:40.500000001'],
      'Links.SpanId': ['b'.repeat(16)],
    });
    expect(JSON.stringify(stored?.['SpanAttributes'])).toContain('harmless');
    const [generation] = await database.query<Record<string, unknown>>(
      'SELECT *, toString(bucket) AS bucket FROM generations',
    );
    expect(generation).toMatchObject({
      prompt_version: 'v13',
      prompt_source: 'tagged',
      tools_source: 'missing',
      input_tokens: 5,
      output_tokens: null,
      cached_tokens: 0,
      reasoning_tokens: 7,
      revision: 3,
      bucket: '2026-11-18 11:06:40',
      compliance: 'ok',
    });
    expect(await database.query('SELECT value, name FROM outcomes')).toEqual([{ value: 0.25, name: 'task_success' }]);
    expect(await database.query('SELECT content FROM artifacts')).toEqual([{ content: 'You are kind.' }]);
    expect(await database.query('SELECT prompt_version FROM vectors')).toEqual([{ prompt_version: 'v13' }]);
  });

  it('keeps everything while the store fails, says so, and loads it afterwards', async () => {
    let problem: Error | null = new Error('connect ECONNREFUSED');
    const spool = await startSpool(
      {},
      failing(() => problem),
    );
    const before = await count('generations');
    for (let i = 0; i < 20; i++) await spool.append(generationsBatch([aGeneration(1_795_000_100 + i)]));
    await expect.poll(async () => (await spool.status()).lastError).toMatch(/ECONNREFUSED/);
    expect(await count('generations')).toBe(before);
    problem = null;
    await spool.drained();
    expect(await count('generations')).toBe(before + 20);
    expect(await spool.status()).toMatchObject({ segments: 0, bytes: 0, poisoned: 0, lastError: '' });
  });

  it('loads a segment once, even when the answer to the first load was lost', async () => {
    let lost = 1;
    const spool = await startSpool(
      {},
      {
        ...failing(() => null),
        loadSegment: async (table, path, token) => {
          await database.loadSegment(table, path, token);
          if (lost-- > 0) throw new Error('socket hang up');
        },
      },
    );
    const before = await count('generations');
    await spool.append(generationsBatch([aGeneration(1_795_000_200), aGeneration(1_795_000_201)]));
    await spool.drained();
    expect(await count('generations')).toBe(before + 2);
  });

  it('takes over segments of a killed process and cuts off what was never acknowledged', async () => {
    const directory = temporaryDirectory();
    const segments = join(directory, 'segments');
    mkdirSync(segments);
    const torn = await OpenSegment.create(segments, '000000001-000001-aaaaaaaa');
    const writers = createWriters();
    writeBatch(writers, generationsBatch([aGeneration(1_795_000_300)]), 1_795_000_300_000);
    await torn.append(writers);
    writers.generations.clear();
    writeBatch(writers, generationsBatch([aGeneration(1_795_000_301)]), 1_795_000_301_000);
    appendFileSync(
      join(segments, '000000001-000001-aaaaaaaa.open', 'generations.rowbinary'),
      writers.generations.bytes.subarray(0, 99),
    );
    appendFileSync(join(segments, '000000001-000001-aaaaaaaa.open', 'commits'), '12345678 {"generations":99');
    await torn.close(); // As the system does for a process that was killed.
    const before = await count('generations');
    const spool = await startSpool({ directory });
    await spool.drained();
    expect(await count('generations')).toBe(before + 1);
  });

  it('loads again what the engine noted as loaded and then lost when it was killed', async () => {
    const directory = temporaryDirectory();
    const segments = join(directory, 'segments');
    mkdirSync(segments);
    const name = '000000001-000001-cccccccc';
    const segment = await OpenSegment.create(segments, name);
    const writers = createWriters();
    const [kept, lost] = [aSpan(), aSpan()];
    writeBatch(writers, { ...EMPTY_BATCH, spans: [kept, lost] }, 1_795_000_300_000);
    await segment.append(writers);
    await segment.seal(segments);
    const path = join(segments, name, 'otel_traces.rowbinary');
    await database.loadSegment('otel_traces', path, `${name}.otel_traces`);
    // A mutation takes the rows away and leaves the token, as a kill between the two does.
    await database.command(
      `ALTER TABLE otel_traces DELETE WHERE TraceId = '${lost.traceId}' SETTINGS mutations_sync = 1`,
    );
    const before = await count('otel_traces');
    await database.loadSegment('otel_traces', path, `${name}.otel_traces`);
    expect(await count('otel_traces')).toBe(before);
    const spool = await startSpool({ directory });
    await spool.drained();
    expect(await count('otel_traces')).toBe(before + 1);
    expect(
      await database.query(
        `SELECT SpanId FROM otel_traces WHERE TraceId IN ('${kept.traceId}', '${lost.traceId}') ORDER BY SpanId`,
      ),
    ).toEqual([kept.spanId, lost.spanId].sort().map((SpanId) => ({ SpanId })));
  });

  it('refuses a batch that cannot be encoded, alone and whole', async () => {
    const spool = await startSpool();
    const before = await count('generations');
    const [first, last] = [100, 101].map((second) => generationsBatch([aGeneration(1_795_000_000 + second)]));
    const broken = generationsBatch([
      aGeneration(1_795_000_102),
      { ...aGeneration(1_795_000_103), responseId: Symbol('not text') as unknown as string },
    ]);
    const results = await Promise.allSettled(
      [first ?? broken, broken, last ?? broken].map((batch) => spool.append(batch)),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await spool.drained();
    expect(await count('generations')).toBe(before + 2);
  });

  it('goes on when a segment cannot be sealed, and seals it later', async () => {
    const directory = temporaryDirectory();
    const spool = await startSpool({ directory });
    const before = await count('generations');
    await spool.append(generationsBatch([aGeneration(1_795_000_600)]));
    const [open = ''] = readdirSync(join(directory, 'segments'));
    const inTheWay = join(directory, 'segments', open.replace('.open', ''));
    // No directory: the loader would take that for a segment and clear it away.
    writeFileSync(inTheWay, '');
    await expect.poll(() => log.join('\n')).toContain(`segment ${open.replace('.open', '')} could not be sealed`);
    await spool.append(generationsBatch([aGeneration(1_795_000_601)]));
    await expect.poll(() => count('generations')).toBe(before + 1);
    rmSync(inTheWay);
    await spool.append(generationsBatch([aGeneration(1_795_000_602)]));
    await expect.poll(() => count('generations')).toBe(before + 3);
  });

  it('acknowledges while the disk takes long to force an earlier segment down', async () => {
    const disk = await slowDisk();
    const spool = await startSpool({ fsync: 'interval' });
    const before = await count('outcomes');
    await spool.append({ ...EMPTY_BATCH, outcomes: [anOutcome({ id: 'first' })] });
    await disk.isBusy;
    await spool.append({ ...EMPTY_BATCH, outcomes: [anOutcome({ id: 'second' })] });
    expect(await spool.status()).toMatchObject({ segments: 2 });
    disk.release();
    await spool.drained();
    expect(await count('outcomes')).toBe(before + 2);
    expect(await spool.status()).toMatchObject({ segments: 0, bytes: 0 });
  });

  it('sets a segment aside that the engine cannot read, and goes on with the next', async () => {
    const directory = temporaryDirectory();
    const broken = join(directory, 'segments', '000000001-000001-bbbbbbbb');
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, 'generations.rowbinary'), 'this is not RowBinary');
    const before = await count('generations');
    const spool = await startSpool({ directory });
    await spool.append(generationsBatch([aGeneration(1_795_000_400)]));
    await expect.poll(() => count('generations')).toBe(before + 1);
    expect((await spool.status()).poisoned).toBe(1);
    const [kept] = readdirSync(join(directory, 'poisoned'));
    expect(readFileSync(join(directory, 'poisoned', kept ?? '', 'generations.rowbinary'), 'utf8')).toContain(
      'not RowBinary',
    );
    expect(log.join('\n')).toMatch(/was refused by the store and set aside/);
  });

  it('refuses, retryably, when it is full', async () => {
    const spool = await startSpool(
      { maxBytes: 500 },
      failing(() => new Error('away')),
    );
    await spool.append(generationsBatch([aGeneration(1_795_000_500), aGeneration(1_795_000_501)]));
    await expect(spool.append(generationsBatch([aGeneration(1_795_000_502)]))).rejects.toMatchObject({
      code: 'LEEWAY_SPOOL_FULL',
      status: 503,
    });
  });
});
