import { canonicalJson, sha256 } from './canonical.js';
import { sizeOfLog, sizeOfSpan } from './content-size.js';
import { plainValue } from './json-content.js';
import type { LogRecord, Span } from './otlp/types.js';
import { WireSpan } from './otlp/wire/index.js';

/** How far apart in time the pieces of one generation may arrive. */
export const JOIN_WINDOW_MS = 60_000;
/** Spans that are waited on or for, at most; beyond, the oldest are let go before their time. */
export const MAX_JOIN_ENTRIES = 20_000;
/** Whole requests count, as long as one of their spans is waited for: a view keeps the bytes that it came in. */
export const MAX_JOIN_BYTES = 64 * 1024 * 1024;
/** Log records of one span that are joined; those beyond are stored, but not read. */
export const MAX_LOGS_PER_SPAN = 2_000;

const NO_LOGS: readonly LogRecord[] = [];

/** All that is known of one span. */
export class JoinEntry {
  /** The generation, once it is there. */
  span: Span | null = null;
  /** The span itself, when it is none but tells of its children. */
  parent: Span | null = null;
  logs: readonly LogRecord[] = NO_LOGS;
  /** How many of `logs` are the same, by what makes them the same. */
  identities: Map<string, number> | null = null;
  /** Without the bytes of requests that its spans are views of. */
  bytes = 0;
  /** The generations below the same parent are chained. */
  next: JoinEntry | null = null;
  previous: JoinEntry | null = null;

  /** @param sinceMs when its first piece arrived */
  constructor(
    readonly key: string,
    readonly sinceMs: number,
  ) {}
}

/** Holds the pieces, bounded in time, number and bytes. Entries are kept in the order in which they began. */
export class JoinBuffer {
  readonly #entries = new Map<string, JoinEntry>();
  /**
   * The first of the generations below a span, by its id alone: traces are told apart when it is asked for. Kept from
   * when the first parent comes that tells something: most services never send one.
   */
  #children: Map<string, JoinEntry> | null = null;
  #parents = 0;
  #bytes = 0;

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  addGeneration(span: Span, nowMs: number): JoinEntry {
    const entry = this.#entryOf(span.traceId, span.spanId, nowMs);
    this.#unchain(entry);
    this.#hold(entry, span);
    this.#letGo(entry, entry.span);
    entry.span = span;
    this.#chain(entry);
    return entry;
  }

  /** @returns the generations right below it that are already there */
  addParent(span: Span, nowMs: number): JoinEntry[] {
    const entry = this.#entryOf(span.traceId, span.spanId, nowMs);
    this.#hold(entry, span);
    this.#letGo(entry, entry.parent);
    if (entry.parent === null) this.#parents++;
    entry.parent = span;
    const children: JoinEntry[] = [];
    for (let child = this.#childrenMap().get(span.spanId) ?? null; child !== null; child = child.next) {
      if (child.span?.traceId === span.traceId) children.push(child);
    }
    return children;
  }

  /**
   * Adds records of one span that came in one request. A request sent twice adds nothing; two equal records in one
   * request are two (a user may say "yes" twice in a millisecond of the client's clock).
   */
  addLogs(traceId: string, spanId: string, records: readonly LogRecord[], nowMs: number): JoinEntry {
    const entry = this.#entryOf(traceId, spanId, nowMs);
    const seen = new Map<string, number>();
    const logs = [...entry.logs];
    entry.identities ??= new Map();
    for (const record of records) {
      const identity = identityOf(record);
      const nth = (seen.get(identity) ?? 0) + 1;
      seen.set(identity, nth);
      if (nth <= (entry.identities.get(identity) ?? 0) || logs.length >= MAX_LOGS_PER_SPAN) continue;
      entry.identities.set(identity, nth);
      logs.push(record);
      this.#grow(entry, sizeOfLog(record));
    }
    entry.logs = logs;
    return entry;
  }

  isGeneration(traceId: string, spanId: string): boolean {
    return (this.#entries.get(keyOf(traceId, spanId))?.span ?? null) !== null;
  }

  /** The span around a generation, when it has come and tells something. */
  parentOf(span: Span): Span | null {
    if (this.#parents === 0) return null;
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
    const entry = new JoinEntry(key, nowMs);
    this.#entries.set(key, entry);
    return entry;
  }

  #grow(entry: JoinEntry, bytes: number): void {
    entry.bytes += bytes;
    this.#bytes += bytes;
  }

  #hold(entry: JoinEntry, span: Span): void {
    if (!(span instanceof WireSpan)) this.#grow(entry, sizeOfSpan(span));
    else if (span.body.holders++ === 0) this.#bytes += span.body.pinnedBytes;
  }

  #letGo(entry: JoinEntry, span: Span | null): void {
    if (span === null) return;
    if (!(span instanceof WireSpan)) this.#grow(entry, -sizeOfSpan(span));
    else if (--span.body.holders === 0) this.#bytes -= span.body.pinnedBytes;
  }

  #remove(entry: JoinEntry): void {
    this.#unchain(entry);
    this.#letGo(entry, entry.span);
    this.#letGo(entry, entry.parent);
    if (entry.parent !== null) this.#parents--;
    this.#entries.delete(entry.key);
    this.#bytes -= entry.bytes;
  }

  #childrenMap(): Map<string, JoinEntry> {
    if (this.#children !== null) return this.#children;
    this.#children = new Map();
    for (const entry of this.#entries.values()) this.#chain(entry);
    return this.#children;
  }

  #chain(entry: JoinEntry): void {
    if (this.#children === null || entry.span === null || entry.span.parentSpanId === '') return;
    const first = this.#children.get(entry.span.parentSpanId) ?? null;
    entry.next = first;
    if (first !== null) first.previous = entry;
    this.#children.set(entry.span.parentSpanId, entry);
  }

  #unchain(entry: JoinEntry): void {
    if (this.#children === null || entry.span === null) return;
    const { next, previous } = entry;
    if (next !== null) next.previous = previous;
    if (previous !== null) previous.next = next;
    else if (this.#children.get(entry.span.parentSpanId) === entry) {
      if (next === null) this.#children.delete(entry.span.parentSpanId);
      else this.#children.set(entry.span.parentSpanId, next);
    }
    entry.next = null;
    entry.previous = null;
  }
}

function keyOf(traceId: string, spanId: string): string {
  return `${traceId}${spanId}`;
}

function identityOf(record: LogRecord): string {
  const content = canonicalJson([plainValue(record.body), plainValue(record.attributes)]);
  return sha256(`${record.timeNs} ${record.eventName} ${content}`);
}
