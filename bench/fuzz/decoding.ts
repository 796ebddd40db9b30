import { USER_ID_ATTRIBUTES } from '../../collectors/otlp/conventions/index.js';
import { decodeLogs, decodeTraces } from '../../collectors/otlp/decode.js';
import { countDataPoints } from '../../collectors/otlp/metric-points.js';
import { WireDecoder } from '../../collectors/otlp/wire/index.js';
import { EMPTY_BATCH, type RowBatch } from '../../collectors/row-batch.js';
import { UserHash } from '../../collectors/user-hash.js';
import { LeewayError } from '../../src/model/index.js';
import type { Seed } from './seeds.js';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

export type Kind = Pick<Seed, 'signal' | 'encoding'>;

/** What was read of a body, or null when all of it is refused; nothing is made of it yet. */
export interface Read {
  readonly batch: RowBatch;
  readonly rejected: number;
}

/** The readers of OTLP alone, without what the collectors make of spans: microseconds an input. */
export class Decoding {
  readonly #wire: WireDecoder;

  constructor(userSalt: string) {
    const userHash = new UserHash(userSalt);
    this.#wire = new WireDecoder({
      isUserId: (name) => USER_ID_ATTRIBUTES.has(name),
      hash: userHash.hash,
      hide: (attributes) => userHash.hide(attributes),
    });
  }

  read(body: Uint8Array, { signal, encoding }: Kind, nowMs: number): Read | null {
    const receivedNs = BigInt(nowMs) * NANOSECONDS_PER_MILLISECOND;
    if (signal === 'logs') {
      const logs = decodeLogs(body, encoding, receivedNs);
      return logs.ok ? { batch: { ...EMPTY_BATCH, logs: logs.items }, rejected: logs.rejected.count } : null;
    }
    const spans =
      encoding === 'protobuf' ? this.#wire.decode(body, receivedNs) : decodeTraces(body, encoding, receivedNs);
    return spans.ok ? { batch: { ...EMPTY_BATCH, spans: spans.items }, rejected: spans.rejected.count } : null;
  }

  /** The same body, posted to where it does not belong. */
  readElsewhere(body: Uint8Array, { signal, encoding }: Kind, nowMs: number): void {
    this.read(body, { signal: signal === 'logs' ? 'traces' : 'logs', encoding }, nowMs);
    try {
      countDataPoints(body, encoding);
    } catch (error) {
      if (!(error instanceof LeewayError)) throw error;
    }
  }
}
