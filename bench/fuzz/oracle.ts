import type { NormaliseSettings } from '../../collectors/generation.js';
import { createJoin } from '../../collectors/join.js';
import { USER_ID_ATTRIBUTES } from '../../collectors/otlp/conventions/index.js';
import { decodeTraces } from '../../collectors/otlp/decode.js';
import type { Span } from '../../collectors/otlp/types.js';
import { WireDecoder } from '../../collectors/otlp/wire/index.js';
import { EMPTY_BATCH } from '../../collectors/row-batch.js';
import { writeBatch } from '../../collectors/spool/rows.js';
import { createWriters, TABLES } from '../../collectors/spool/segment.js';
import { wholly } from '../../collectors/steps.js';
import { UserHash } from '../../collectors/user-hash.js';
import { createVersionSettling } from '../../collectors/version-settling.js';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** Compares what the reader of the hot path makes of a body with what the straightforward one does. */
export type Oracle = (body: Uint8Array, nowMs: number) => string | null;

/** Both see the same bodies in the same order: what they remember is the same. @returns what differs, or null */
export function createOracle(settings: NormaliseSettings): Oracle {
  const userHash = new UserHash(settings.userSalt);
  const wire = new WireDecoder({
    isUserId: (name) => USER_ID_ATTRIBUTES.has(name),
    hash: userHash.hash,
    hide: (attributes) => userHash.hide(attributes),
  });
  const joinSettings = { ...settings, hashUser: userHash.hash };
  const wireJoin = createJoin(joinSettings, createVersionSettling());
  const plainJoin = createJoin(joinSettings, createVersionSettling());

  return (body, nowMs) => {
    const receivedNs = BigInt(nowMs) * NANOSECONDS_PER_MILLISECOND;
    const fast = wire.decode(body, receivedNs);
    const plain = decodeTraces(body, 'protobuf', receivedNs);
    if (!fast.ok || !plain.ok) {
      const said = [fast, plain].map((decoded) => (decoded.ok ? 'accepted' : decoded.error.message));
      return said[0] === said[1] ? null : `the hot path says «${said[0]}», the oracle «${said[1]}»`;
    }
    const rejected = [fast, plain].map((decoded) => JSON.stringify(decoded.rejected));
    if (rejected[0] !== rejected[1]) return `the hot path refuses ${rejected[0]}, the oracle ${rejected[1]}`;
    const hidden = (spans: readonly Span[]) => spans.map((span) => userHash.hideInSpan(span));
    const fastRows = rowsOf(hidden(fast.items), fast.items, wireJoin, nowMs);
    const plainRows = rowsOf(hidden(plain.items), plain.items, plainJoin, nowMs);
    for (const table of TABLES)
      if (!fastRows[table].equals(plainRows[table])) return `rows of ${table} differ from the oracle's`;
    return null;
  };
}

function rowsOf(stored: readonly Span[], read: readonly Span[], join: ReturnType<typeof createJoin>, nowMs: number) {
  const writers = createWriters();
  writeBatch(writers, { ...EMPTY_BATCH, ...wholly(join.accept(read, [], nowMs)), spans: stored }, nowMs);
  return {
    otel_traces: writers.otel_traces.bytes,
    otel_logs: writers.otel_logs.bytes,
    generations: writers.generations.bytes,
    outcomes: writers.outcomes.bytes,
    artifacts: writers.artifacts.bytes,
  };
}
