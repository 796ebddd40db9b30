import { LRUCache } from 'lru-cache';
import type { Artifact } from '../../src/model/index.js';
import type { NormaliseSettings } from '../generation.js';
import { createJoin } from '../join.js';
import { NO_PROTECTION, type Protection } from '../privacy/index.js';
import { EMPTY_BATCH, type Received, type Rejected, type RowBatch } from '../row-batch.js';
import { type Steps, wholly } from '../steps.js';
import { UserHash } from '../user-hash.js';
import { createVersionSettling } from '../version-settling.js';
import { USER_ID_ATTRIBUTES } from './conventions/index.js';
import { eventNameOf } from './conventions/model-call.js';
import { decodeLogs, decodeTraces, type Rejections } from './decode.js';
import type { Encoding, Signal } from './draft.js';
import type { LogRecord, Span } from './types.js';
import { WireDecoder } from './wire/index.js';

/** Digests that are remembered as sent. */
const MAX_REMEMBERED_ARTIFACTS = 50_000;
/** Content is sent again after this time, so that the loss of one row does not lose it for ever. */
const ARTIFACT_REPEAT_MS = 600_000;

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** From the bytes of an OTLP request to the rows of the tables. */
export interface Receiver {
  /**
   * An ExportTraceServiceRequest or ExportLogsServiceRequest, decompressed. Never throws on any input. Log records that carry
   * no GenAI content are refused, and said to be. One request must be read to its end before the next is begun.
   */
  read(signal: Signal, body: Uint8Array, encoding: Encoding, nowMs: number): Steps<Received>;
  /** {@link read} traces at once. */
  traces(body: Uint8Array, encoding: Encoding, nowMs: number): Received;
  /** {@link read} logs at once. */
  logs(body: Uint8Array, encoding: Encoding, nowMs: number): Received;
  /** The batch could not be stored: its artifacts are not taken as sent. */
  notStored(batch: RowBatch): void;
  /** After a start: what the store has received in the last minute, so that what is still to come can join it. */
  seed(spans: readonly Span[], logs: readonly LogRecord[], nowMs: number): void;
  /** Derived versions withheld because their surface does not settle. */
  readonly versionsWithheld: number;
}

/** @param protection keeps back what may not be stored, after everything was read from it */
export function createReceiver(settings: NormaliseSettings, protection: Protection = NO_PROTECTION): Receiver {
  const settling = createVersionSettling();
  const userHash = new UserHash(settings.userSalt);
  const decoder = new WireDecoder({
    isUserId: (name) => USER_ID_ATTRIBUTES.has(name),
    hash: userHash.hash,
    hide: (attributes) => userHash.hide(attributes),
  });
  const join = createJoin({ ...settings, hashUser: userHash.hash }, settling);
  /** When each digest was last sent (ms). */
  const sent = new LRUCache<string, number>({ max: MAX_REMEMBERED_ARTIFACTS });

  function* batchOf(spans: readonly Span[], logs: readonly LogRecord[], nowMs: number): Steps<RowBatch> {
    if (spans.length === 0 && logs.length === 0) return EMPTY_BATCH;
    const joined = yield* join.accept(spans, logs, nowMs);
    const kept = yield* protection.batch({ spans, logs, ...joined });
    return {
      ...kept,
      spans: kept.spans.map((span) => userHash.hideInSpan(span)),
      logs: kept.logs.map((log) => userHash.hideInLog(log)),
      artifacts: kept.artifacts.filter((artifact) => isNew(artifact, nowMs)),
    };
  }

  function isNew(artifact: Artifact, nowMs: number): boolean {
    const key = sentAs(artifact);
    const sentAt = sent.get(key);
    if (sentAt !== undefined && nowMs - sentAt < ARTIFACT_REPEAT_MS) return false;
    sent.set(key, nowMs);
    return true;
  }

  function* readTraces(body: Uint8Array, encoding: Encoding, nowMs: number): Steps<Received> {
    const receivedNs = nanoseconds(nowMs);
    const decoded =
      encoding === 'protobuf' ? decoder.decode(body, receivedNs) : decodeTraces(body, encoding, receivedNs);
    if (!decoded.ok) return decoded;
    yield;
    const batch = yield* batchOf(decoded.items, [], nowMs);
    return { ok: true, batch, rejected: describeRejected(decoded.rejected, 'spans') };
  }

  function* readLogs(body: Uint8Array, encoding: Encoding, nowMs: number): Steps<Received> {
    const decoded = decodeLogs(body, encoding, nanoseconds(nowMs));
    if (!decoded.ok) return decoded;
    yield;
    const kept = decoded.items.filter(carriesGenAiContent);
    const batch = yield* batchOf([], kept, nowMs);
    const rejected = describeRejected(decoded.rejected, 'log records');
    return { ok: true, batch, rejected: alsoOther(rejected, decoded.items.length - kept.length) };
  }

  return {
    read: (signal, ...request) => (signal === 'traces' ? readTraces : readLogs)(...request),
    traces: (...request) => wholly(readTraces(...request)),
    logs: (...request) => wholly(readLogs(...request)),
    notStored(batch) {
      for (const artifact of batch.artifacts) sent.delete(sentAs(artifact));
    },
    seed(spans, logs, nowMs) {
      for (const span of spans) userHash.recall(span);
      join.seed(spans, logs, nowMs);
    },
    get versionsWithheld() {
      return settling.withheld;
    },
  };
}

function nanoseconds(milliseconds: number): bigint {
  return BigInt(Math.trunc(milliseconds)) * NANOSECONDS_PER_MILLISECOND;
}

/** One target may keep less of the same content than another: what was kept of it is part of what was sent. */
function sentAs({ digest, content }: Artifact): string {
  return `${digest} ${content.length}`;
}

function carriesGenAiContent(record: LogRecord): boolean {
  return eventNameOf(record).startsWith('gen_ai.');
}

function describeRejected(rejections: Rejections, what: string): Rejected {
  if (rejections.count === 0) return { count: 0, message: '' };
  const more = rejections.count - rejections.reasons.length;
  const rest = more > 0 ? `; and ${more} more` : '';
  return {
    count: rejections.count,
    message: `${rejections.count} ${what} refused: ${rejections.reasons.join('; ')}${rest}`,
  };
}

/** Other logs are none of Leeway's business; saying so is better than dropping them in silence. */
function alsoOther(rejected: Rejected, others: number): Rejected {
  if (others === 0) return rejected;
  const message = `${others} log records not stored: Leeway keeps only those with GenAI content (event names gen_ai.…)`;
  const messages = [rejected.message, message].filter((part) => part !== '');
  return { count: rejected.count + others, message: messages.join('; ') };
}
