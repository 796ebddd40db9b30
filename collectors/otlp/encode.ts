import { Writer } from 'protobufjs';
import type { Rejected } from '../row-batch.js';
import type { Encoding, Signal } from './draft.js';

/** The name of partial_success' count in OTLP/JSON. */
const REJECTED_FIELD = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
} as const satisfies Record<Signal | 'metrics', string>;

/** google.rpc.Code, as far as a receiver uses it. */
export const RPC_CODES = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

const RETRY_INFO_TYPE = 'type.googleapis.com/google.rpc.RetryInfo';

/** Tags of fields that hold a varint, and of those that hold bytes, text or a message. */
const varint = (field: number) => field << 3;
const delimited = (field: number) => (field << 3) | 2;

/** An Export…ServiceResponse; without anything refused it is empty: zero bytes, or `{}`. */
export function encodeExportResponse(signal: Signal | 'metrics', rejected: Rejected, encoding: Encoding): Uint8Array {
  const partial = rejected.count > 0 || rejected.message !== '';
  if (encoding === 'json') {
    // 64-bit integers are strings in proto3 JSON.
    const partialSuccess = { [REJECTED_FIELD[signal]]: String(rejected.count), errorMessage: rejected.message };
    return utf8(JSON.stringify(partial ? { partialSuccess } : {}));
  }
  if (!partial) return new Uint8Array();
  const writer = Writer.create().uint32(delimited(1)).fork();
  if (rejected.count > 0) writer.uint32(varint(1)).int64(rejected.count);
  if (rejected.message !== '') writer.uint32(delimited(2)).string(rejected.message);
  return writer.ldelim().finish();
}

/**
 * A google.rpc.Status: the body of every failure, in the encoding of the request; over gRPC its details.
 * @param retryAfterSeconds adds a google.rpc.RetryInfo to the protobuf; over HTTP a header says it
 */
export function encodeRpcStatus(
  code: number,
  message: string,
  encoding: Encoding,
  retryAfterSeconds?: number,
): Uint8Array {
  if (encoding === 'json') return utf8(JSON.stringify({ code, message }));
  const writer = Writer.create().uint32(varint(1)).int32(code).uint32(delimited(2)).string(message);
  if (retryAfterSeconds !== undefined) {
    // details: an Any of type_url and value.
    writer.uint32(delimited(3)).fork().uint32(delimited(1)).string(RETRY_INFO_TYPE);
    writer.uint32(delimited(2)).bytes(encodeRetryInfo(retryAfterSeconds)).ldelim();
  }
  return writer.finish();
}

/** google.rpc.RetryInfo {1 retry_delay: Duration {1 seconds}}. */
function encodeRetryInfo(seconds: number): Uint8Array {
  return Writer.create().uint32(delimited(1)).fork().uint32(varint(1)).int64(seconds).ldelim().finish();
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
