import { createReceiver, type Receiver } from '../../collectors/index.js';
import type { RowBatch } from '../../collectors/row-batch.js';
import { writeBatch } from '../../collectors/spool/rows.js';
import { createWriters, TABLES } from '../../collectors/spool/segment.js';
import { OUTPUT_READER } from '../../detectors/index.js';
import { createOracle, type Oracle } from './oracle.js';
import { countRows } from './row-reader.js';
import type { Seed } from './seeds.js';

/** Longer than anything that one request may cost. */
const MAX_INPUT_MS = 2_000;

export type Verdict = 'accepted' | 'partly accepted' | 'refused';

/** What an input did; `problem` is empty when all is well. */
export interface Tried {
  readonly verdict: Verdict;
  readonly problem: string;
  readonly ms: number;
}

type Kind = Pick<Seed, 'signal' | 'encoding'>;

const SETTINGS = { userSalt: 'fuzz', promptFlag: 'prompt', outputReader: OUTPUT_READER, outputSchema: () => null };

/** The door of the collectors, with everything that must hold of whatever comes in. */
export class FuzzTarget {
  readonly #receiver: Receiver = createReceiver(SETTINGS);
  readonly #oracle: Oracle = createOracle(SETTINGS);
  readonly #writers = createWriters();

  try(body: Uint8Array, { signal, encoding }: Kind, nowMs: number, askOracle: boolean): Tried {
    const started = performance.now();
    try {
      const received = this.#receiver[signal](body, encoding, nowMs);
      const ms = performance.now() - started;
      const tooLong = ms > MAX_INPUT_MS ? `took ${ms.toFixed(0)} ms` : '';
      const differs = askOracle && signal === 'traces' && encoding === 'protobuf' ? this.#oracle(body, nowMs) : null;
      if (!received.ok) return { verdict: 'refused', problem: differs ?? tooLong, ms };
      const problem = this.#checkRows(received.batch, nowMs) || differs || tooLong;
      return { verdict: received.rejected.count > 0 ? 'partly accepted' : 'accepted', problem, ms };
    } catch (error) {
      const problem = `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
      return { verdict: 'refused', problem, ms: performance.now() - started };
    }
  }

  /** What is accepted is written as rows that can be read back, as many as there are. */
  #checkRows(batch: RowBatch, nowMs: number): string {
    for (const table of TABLES) this.#writers[table].clear();
    writeBatch(this.#writers, batch, nowMs);
    const expected = {
      otel_traces: batch.spans.length,
      otel_logs: batch.logs.length,
      generations: batch.generations.length,
      outcomes: batch.outcomes.length,
      artifacts: batch.artifacts.length,
    };
    for (const table of TABLES) {
      const rows = countRows(table, this.#writers[table].bytes);
      if (rows !== expected[table]) return `${rows} rows in ${table} instead of ${expected[table]}`;
    }
    return '';
  }
}
