import type { Database } from '../../src/store/index.js';
import { COLLECTOR_SCHEMA } from './collector-schema.js';
import { fill } from './fill.js';
import { bytesOf, measureTables, type TableSize } from './measure.js';
import { dropContent } from './without-content.js';

/** Largest share of the Collector's bytes that Leeway may take. */
const GOALS = { full: 1.3, none: 1.1 } as const;

export interface StorageOptions {
  readonly directory: string;
  readonly spans: number;
  readonly seed: number;
  readonly onProgress: (line: string) => void;
}

export interface Comparison {
  /** Bytes a span in the Collector's schema alone, for the spans that Leeway holds. */
  readonly collector: number;
  /** Bytes a span in all of Leeway's tables. */
  readonly leeway: number;
  readonly ratio: number;
  readonly goal: number;
  readonly tables: readonly TableSize[];
}

export interface StorageReport {
  readonly spans: number;
  /** Bytes of a span as it was sent, uncompressed. */
  readonly sentBytesASpan: number;
  readonly full: Comparison;
  /** Leeway keeps no content. The ratio is to the Collector's schema as it is, which has no way to leave content out. */
  readonly none: Comparison & {
    /** To the Collector's schema for the same spans, had something before it taken the content away. */
    readonly sameSpansRatio: number;
  };
}

/** Fills a fresh store once and measures it with and without the content. */
export async function runStorage(database: Database, options: StorageOptions): Promise<StorageReport> {
  const { spans, requestBytes } = await fill(database, {
    ...options,
    onProgress: (sent) => options.onProgress(`${sent} of ${options.spans} spans`),
  });
  const compare = async (spansOf: string, goal: number): Promise<Comparison> => {
    options.onProgress('merging');
    const collector = bytesOf(await measureCollector(database, spansOf)) / spans;
    const tables = await measureTables(database, 'leeway');
    const leeway = bytesOf(tables) / spans;
    return { collector, leeway, ratio: leeway / collector, goal, tables };
  };
  const full = await compare(ALL_SPANS, GOALS.full);
  await dropContent(database);
  const none = await compare(ALL_SPANS, GOALS.none);
  return {
    spans,
    sentBytesASpan: requestBytes / spans,
    full,
    none: { ...none, ratio: none.leeway / full.collector, sameSpansRatio: none.ratio },
  };
}

const ALL_SPANS = 'SELECT * FROM leeway.otel_traces';

async function measureCollector(database: Database, source: string): Promise<TableSize[]> {
  await database.command('DROP DATABASE IF EXISTS collector SYNC');
  await database.command('CREATE DATABASE collector');
  for (const statement of COLLECTOR_SCHEMA) await database.command(statement);
  await database.command(`INSERT INTO collector.otel_traces ${source}`);
  return measureTables(database, 'collector');
}
