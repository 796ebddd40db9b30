import { LeewayError } from '../../src/model/index.js';
import { checkLogRecord, checkSpan } from './check.js';
import { type Encoding, FieldProblem, type RawItem, type Signal } from './draft.js';
import { jsonLogs, jsonSpans } from './json.js';
import { MAX_ITEMS_PER_REQUEST, MAX_REJECTION_REASONS } from './limits.js';
import { protobufLogs, protobufSpans } from './protobuf.js';
import type { LogRecord, Span } from './types.js';

/** How many items were refused, and the first {@link MAX_REJECTION_REASONS} reasons, each naming its field. */
export interface Rejections {
  readonly count: number;
  readonly reasons: readonly string[];
}

/** A request as objects: the good part of it, and what was refused; or why nothing of it can be read. */
export type Decoded<Item> =
  | { readonly ok: true; readonly items: readonly Item[]; readonly rejected: Rejections }
  | { readonly ok: false; readonly error: LeewayError };

/**
 * Reads an ExportTraceServiceRequest.
 *
 * @param receivedNs stands in for a span's times when it has neither
 * @returns never throws on any input; `LEEWAY_MALFORMED` and `LEEWAY_TOO_LARGE` are values
 */
export function decodeTraces(body: Uint8Array, encoding: Encoding, receivedNs: bigint): Decoded<Span> {
  const items = readItems(() => (encoding === 'protobuf' ? protobufSpans(body) : jsonSpans(body)), 'traces');
  if (items instanceof LeewayError) return { ok: false, error: items };
  return decodeEach(items, 'traces', (item) => checkSpan(item.read(), item.resource(), item.scope(), receivedNs));
}

/** Reads an ExportLogsServiceRequest; otherwise as {@link decodeTraces}. */
export function decodeLogs(body: Uint8Array, encoding: Encoding, receivedNs: bigint): Decoded<LogRecord> {
  const items = readItems(() => (encoding === 'protobuf' ? protobufLogs(body) : jsonLogs(body)), 'logs');
  if (items instanceof LeewayError) return { ok: false, error: items };
  return decodeEach(items, 'logs', (item) => checkLogRecord(item.read(), item.resource(), item.scope(), receivedNs));
}

function readItems<Draft>(read: () => RawItem<Draft>[], signal: Signal): RawItem<Draft>[] | LeewayError {
  let items: RawItem<Draft>[];
  try {
    items = read();
  } catch (error) {
    if (!(error instanceof FieldProblem)) throw error;
    return new LeewayError('LEEWAY_MALFORMED', describeProblem(error, ''));
  }
  if (items.length <= MAX_ITEMS_PER_REQUEST) return items;
  const limit = `${items.length} items, at most ${MAX_ITEMS_PER_REQUEST} are accepted in one request of ${signal}`;
  return new LeewayError('LEEWAY_TOO_LARGE', `${limit}: lower the exporter's batch size`);
}

/** Each item by itself: the good ones, and what was refused. @param decode throws a {@link FieldProblem} to refuse */
export function decodeEach<Draft, Item>(
  rawItems: readonly RawItem<Draft>[],
  signal: Signal,
  decode: (item: RawItem<Draft>, index: number) => Item,
): Decoded<Item> {
  const items: Item[] = [];
  const reasons: string[] = [];
  let refused = 0;
  let broken = 0;
  for (const [index, raw] of rawItems.entries()) {
    try {
      items.push(decode(raw, index));
    } catch (error) {
      if (!(error instanceof FieldProblem)) throw error;
      refused++;
      const isTold = reasons.length < MAX_REJECTION_REASONS;
      // Asked only where it matters: it looks at all of the item.
      const isForeign = (isTold || error.kind !== 'unreadable') && raw.foreign();
      if (isForeign || error.kind === 'unreadable') broken++;
      if (isTold) reasons.push(isForeign ? wrongSignal(raw.path(), signal) : describeProblem(error, raw.path()));
    }
  }
  // A request of which nothing can even be parsed is the client's fault as a whole, not a partial success.
  if (items.length === 0 && refused > 0 && broken === refused) {
    return { ok: false, error: new LeewayError('LEEWAY_MALFORMED', reasons.join('; ')) };
  }
  return { ok: true, items, rejected: { count: refused, reasons } };
}

function wrongSignal(path: string, signal: Signal): string {
  return signal === 'traces'
    ? `${path}: this is a log record, not a span; post logs to /v1/logs`
    : `${path}: this is a span, not a log record; post traces to /v1/traces`;
}

function describeProblem(problem: FieldProblem, path: string): string {
  const where = [path, problem.field].filter((part) => part !== '').join('.');
  return where === '' ? problem.message : `${where}: ${problem.message}`;
}
