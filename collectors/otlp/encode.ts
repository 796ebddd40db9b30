import type { Rejected } from '../row-batch.js';
import type { Encoding, Signal } from './draft.js';
import { messageType } from './proto.js';

const EXPORT_RESPONSE = messageType('ExportResponse');
const RPC_STATUS = messageType('RpcStatus');

/** The name of partial_success' count in OTLP/JSON. */
const REJECTED_FIELD = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
} as const satisfies Record<Signal | 'metrics', string>;

/** google.rpc.Code, as far as a receiver uses it. */
export const RPC_CODES = {
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** An Export…ServiceResponse; without anything refused it is empty: zero bytes, or `{}`. */
export function encodeExportResponse(signal: Signal | 'metrics', rejected: Rejected, encoding: Encoding): Uint8Array {
  const partial = rejected.count > 0 || rejected.message !== '';
  if (encoding === 'json') {
    // 64-bit integers are strings in proto3 JSON.
    const partialSuccess = { [REJECTED_FIELD[signal]]: String(rejected.count), errorMessage: rejected.message };
    return utf8(JSON.stringify(partial ? { partialSuccess } : {}));
  }
  if (!partial) return new Uint8Array();
  const partialSuccess = { rejected: rejected.count, errorMessage: rejected.message };
  return EXPORT_RESPONSE.encode(EXPORT_RESPONSE.create({ partialSuccess })).finish();
}

/** A google.rpc.Status: the body of every failure, in the encoding of the request. */
export function encodeRpcStatus(code: number, message: string, encoding: Encoding): Uint8Array {
  if (encoding === 'json') return utf8(JSON.stringify({ code, message }));
  return RPC_STATUS.encode(RPC_STATUS.create({ code, message })).finish();
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
