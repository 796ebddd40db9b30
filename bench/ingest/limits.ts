import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReceiver } from '../../collectors/otlp/receive.js';
import { WireDecoder } from '../../collectors/otlp/wire/index.js';
import { EMPTY_BATCH } from '../../collectors/row-batch.js';
import { writeBatch } from '../../collectors/spool/rows.js';
import { createWriters, TABLES } from '../../collectors/spool/segment.js';
import { OUTPUT_READER } from '../../detectors/index.js';
import { migrate, openEmbedded, type SegmentTable } from '../../src/store/index.js';
import { encodeBatch, SPANS_A_BATCH } from './batches.js';
import type { Workload } from './options.js';

/** What the parts could do alone, in spans a second. */
export interface Limits {
  /** (c) The engine: the same rows, all tables, from RowBinary files of 16 MB. */
  readonly engine: number;
  /** (d) Bytes of requests to rows of otel_traces in memory. */
  readonly decode: number;
  /** Bytes of requests to rows of all tables in memory: with generations, joins, versions and compliance. */
  readonly read: number;
}

const SEGMENT_BYTES = 16 * 1024 ** 2;
const BATCHES = 120;
const WARM_UP_BATCHES = 40;

process.on('message', (workload: Workload) => {
  void measureLimits(workload).then((limits) => process.send?.(limits));
});

async function measureLimits(workload: Workload): Promise<Limits> {
  const endMs = Date.now();
  const bodies = Array.from(
    { length: BATCHES },
    () => encodeBatch({ kind: workload.kind, gzip: false, endMs, uniform: Math.random }).body,
  );
  return { decode: rowsPerSecond(bodies, true), read: rowsPerSecond(bodies, false), engine: await loadRate(bodies) };
}

function newReceiver() {
  return createReceiver({ userSalt: 'bench', promptFlag: '', outputReader: OUTPUT_READER, outputSchema: () => null });
}

function rowsPerSecond(bodies: readonly Buffer[], spansOnly: boolean): number {
  const receiver = newReceiver();
  const decoder = new WireDecoder({ isUserId: () => false, hash: (id) => id, hide: (attributes) => attributes });
  const writers = createWriters();
  let startedMs = performance.now();
  for (const [index, body] of [...bodies.slice(0, WARM_UP_BATCHES), ...bodies].entries()) {
    if (index === WARM_UP_BATCHES) startedMs = performance.now();
    // The bytes of a request are its own.
    const request = Buffer.from(body);
    if (spansOnly) {
      const decoded = decoder.decode(request, 0n);
      if (!decoded.ok) throw decoded.error;
      writeBatch(writers, { ...EMPTY_BATCH, spans: decoded.items }, Date.now());
    } else {
      const received = receiver.traces(request, 'protobuf', Date.now());
      if (!received.ok) throw received.error;
      writeBatch(writers, received.batch, Date.now());
    }
    for (const table of TABLES) writers[table].clear();
  }
  return (bodies.length * SPANS_A_BATCH * 1000) / (performance.now() - startedMs);
}

async function loadRate(bodies: readonly Buffer[]): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'leeway-ingest-'));
  const database = await openEmbedded(join(directory, 'engine'));
  try {
    await migrate(database, () => {});
    const files = writeSegments(bodies, directory);
    const startedMs = performance.now();
    for (const [index, { table, path }] of files.entries()) await database.loadSegment(table, path, `bench-${index}`);
    return (bodies.length * SPANS_A_BATCH * 1000) / (performance.now() - startedMs);
  } finally {
    await database.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function writeSegments(bodies: readonly Buffer[], directory: string): { table: SegmentTable; path: string }[] {
  const receiver = newReceiver();
  const writers = createWriters();
  const files: { table: SegmentTable; path: string }[] = [];
  const flush = () => {
    for (const table of TABLES) {
      if (writers[table].length === 0) continue;
      const path = join(directory, `${files.length}.${table}.rowbinary`);
      writeFileSync(path, writers[table].bytes);
      files.push({ table, path });
      writers[table].clear();
    }
  };
  for (const body of bodies) {
    const received = receiver.traces(Buffer.from(body), 'protobuf', Date.now());
    if (!received.ok) throw received.error;
    writeBatch(writers, received.batch, Date.now());
    if (TABLES.reduce((sum, table) => sum + writers[table].length, 0) >= SEGMENT_BYTES) flush();
  }
  flush();
  return files;
}
