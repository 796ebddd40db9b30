import { createReceiver, type Receiver } from '../../collectors/index.js';
import type { RowBatch } from '../../collectors/row-batch.js';
import { writeBatch } from '../../collectors/spool/rows.js';
import { createWriters, TABLES } from '../../collectors/spool/segment.js';
import { OUTPUT_READER } from '../../detectors/index.js';
import { Decoding, type Kind } from './decoding.js';
import { createOracle, type Oracle } from './oracle.js';
import { countRows } from './row-reader.js';

/** Longer than anything that one request may cost. */
const MAX_INPUT_MS = 2_000;

export type Verdict = 'accepted' | 'partly accepted' | 'refused';

/** What an input did; `problem` is empty when all is well. */
export interface Tried {
  readonly verdict: Verdict;
  readonly problem: string;
  readonly ms: number;
}

/** How far an input goes: only through the readers, through all of the collectors, or that and the oracle as well. */
export type Depth = 'decoded' | 'received' | 'compared';

const SETTINGS = { userSalt: 'fuzz', promptFlag: 'prompt', outputReader: OUTPUT_READER, outputSchema: () => null };

/** The door of the collectors, with everything that must hold of whatever comes in. */
export class FuzzTarget {
  readonly #decoding = new Decoding(SETTINGS.userSalt);
  readonly #receiver: Receiver = createReceiver(SETTINGS);
  readonly #oracle: Oracle = createOracle(SETTINGS);
  readonly #writers = createWriters();

  /** @param body is kept beyond the call unless it is only `decoded` */
  try(body: Uint8Array, kind: Kind, nowMs: number, depth: Depth): Tried {
    const started = performance.now();
    try {
      const { verdict, problem } =
        depth === 'decoded' ? this.#decode(body, kind, nowMs) : this.#receive(body, kind, nowMs, depth);
      const ms = performance.now() - started;
      return { verdict, problem: problem || (ms > MAX_INPUT_MS ? `took ${ms.toFixed(0)} ms` : ''), ms };
    } catch (error) {
      const problem = `threw ${error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error)}`;
      return { verdict: 'refused', problem, ms: performance.now() - started };
    }
  }

  /** The same body, posted to where it does not belong. @returns what is wrong, or nothing */
  tryElsewhere(body: Uint8Array, kind: Kind, nowMs: number): string {
    try {
      this.#decoding.readElsewhere(body, kind, nowMs);
      return '';
    } catch (error) {
      return `threw ${error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error)}`;
    }
  }

  #decode(body: Uint8Array, kind: Kind, nowMs: number): Omit<Tried, 'ms'> {
    const read = this.#decoding.read(body, kind, nowMs);
    if (read === null) return { verdict: 'refused', problem: '' };
    return { verdict: verdictOf(read.rejected), problem: this.#checkRows(read.batch, nowMs) };
  }

  #receive(body: Uint8Array, { signal, encoding }: Kind, nowMs: number, depth: Depth): Omit<Tried, 'ms'> {
    const received = this.#receiver[signal](body, encoding, nowMs);
    const isCompared = depth === 'compared' && signal === 'traces' && encoding === 'protobuf';
    const differs = isCompared ? (this.#oracle(body, nowMs) ?? '') : '';
    if (!received.ok) return { verdict: 'refused', problem: differs };
    return { verdict: verdictOf(received.rejected.count), problem: this.#checkRows(received.batch, nowMs) || differs };
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

function verdictOf(rejected: number): Verdict {
  return rejected > 0 ? 'partly accepted' : 'accepted';
}
