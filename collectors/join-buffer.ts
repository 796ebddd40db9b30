import { canonicalJson, sha256 } from './canonical.js';
import { sizeOfLog, sizeOfSpan } from './content-size.js';
import { plainValue } from './json-content.js';
import type { LogRecord, Span } from './otlp/types.js';

/** How far apart in time the pieces of one generation may arrive. */
export const JOIN_WINDOW_MS = 60_000;
/** Spans that are waited on or for, at most; beyond, the oldest are let go before their time. */
export const MAX_JOIN_ENTRIES = 20_000;
const MAX_JOIN_BYTES = 64 * 1024 * 1024;
/** Log records of one span that are joined; those beyond are stored, but not read. */
const MAX_LOGS_PER_SPAN = 2_000;

/** All that is known of one span. */
export interface JoinEntry {
  readonly key: string;
  /** When its first piece arrived. */
  readonly sinceMs: number;
  /** The generation, once it is there. */
  span: Span | null;
  /** The span itself, when it is none but tells of its children. */
  parent: Span | null;
  readonly logs: LogRecord[];
  /** How many of `logs` are the same, by what makes them the same. */
  readonly identities: Map<string, number>;
  bytes: number;
}

/** Holds the pieces, bounded in time, number and bytes. Entries are kept in the order in which they began. */
export class JoinBuffer {
  readonly #entries = new Map<string, JoinEntry>();
  /** Generations by the span around them. */
  readonly #children = new Map<string, Set<JoinEntry>>();
  #bytes = 0;

  addGeneration(span: Span, nowMs: number): JoinEntry {
    const entry = this.#entryOf(span.traceId, span.spanId, nowMs);
    this.#forgetChild(entry);
    this.#grow(entry, sizeOfSpan(span) - (entry.span === null ? 0 : sizeOfSpan(entry.span)));
    entry.span = span;
    if (span.parentSpanId !== '') {
      const parentKey = keyOf(span.traceId, span.parentSpanId);
      const siblings = this.#children.get(parentKey) ?? new Set();
      this.#children.set(parentKey, siblings.add(entry));
    }
    return entry;
  }

  /** @returns the generations right below it that are already there */
  addParent(span: Span, nowMs: number): Iterable<JoinEntry> {
    const entry = this.#entryOf(span.traceId, span.spanId, nowMs);
    this.#grow(entry, sizeOfSpan(span) - (entry.parent === null ? 0 : sizeOfSpan(entry.parent)));
    entry.parent = span;
    return this.#children.get(entry.key) ?? [];
  }

  /**
   * Adds records of one span that came in one request. A request sent twice adds nothing; two equal records in one
   * request are two (a user may say "yes" twice in a millisecond of the client's clock).
   */
  addLogs(traceId: string, spanId: string, records: readonly LogRecord[], nowMs: number): JoinEntry {
    const entry = this.#entryOf(traceId, spanId, nowMs);
    const seen = new Map<string, number>();
    for (const record of records) {
      const identity = identityOf(record);
      const nth = (seen.get(identity) ?? 0) + 1;
      seen.set(identity, nth);
      if (nth <= (entry.identities.get(identity) ?? 0) || entry.logs.length >= MAX_LOGS_PER_SPAN) continue;
      entry.identities.set(identity, nth);
      entry.logs.push(record);
      this.#grow(entry, sizeOfLog(record));
    }
    return entry;
  }

  isGeneration(traceId: string, spanId: string): boolean {
    return (this.#entries.get(keyOf(traceId, spanId))?.span ?? null) !== null;
  }

  /** The span around a generation, when it has come and tells something. */
  parentOf(span: Span): Span | null {
    return this.#entries.get(keyOf(span.traceId, span.parentSpanId))?.parent ?? null;
  }

  /** Lets go of what has waited for {@link JOIN_WINDOW_MS}. */
  expire(nowMs: number): void {
    for (const entry of this.#entries.values()) {
      if (entry.sinceMs > nowMs - JOIN_WINDOW_MS) return;
      this.#remove(entry);
    }
  }

  /** Lets go of the oldest until the limits hold. */
  trim(): void {
    for (const entry of this.#entries.values()) {
      if (this.#entries.size <= MAX_JOIN_ENTRIES && this.#bytes <= MAX_JOIN_BYTES) return;
      this.#remove(entry);
    }
  }

  #entryOf(traceId: string, spanId: string, nowMs: number): JoinEntry {
    const key = keyOf(traceId, spanId);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry: JoinEntry = {
      key,
      sinceMs: nowMs,
      span: null,
      parent: null,
      logs: [],
      identities: new Map(),
      bytes: 0,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  #grow(entry: JoinEntry, bytes: number): void {
    entry.bytes += bytes;
    this.#bytes += bytes;
  }

  #remove(entry: JoinEntry): void {
    this.#forgetChild(entry);
    this.#entries.delete(entry.key);
    this.#bytes -= entry.bytes;
  }

  #forgetChild(entry: JoinEntry): void {
    if (entry.span === null) return;
    const parentKey = keyOf(entry.span.traceId, entry.span.parentSpanId);
    const siblings = this.#children.get(parentKey);
    siblings?.delete(entry);
    if (siblings?.size === 0) this.#children.delete(parentKey);
  }
}

function keyOf(traceId: string, spanId: string): string {
  return `${traceId}${spanId}`;
}

function identityOf(record: LogRecord): string {
  const content = canonicalJson([plainValue(record.body), plainValue(record.attributes)]);
  return sha256(`${record.timeNs} ${record.eventName} ${content}`);
}
