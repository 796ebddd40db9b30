import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { encodeRpcStatus } from './encode.js';
import { type Failure, isRetryable, RETRY_AFTER_SECONDS, rpcCodeOf } from './failure.js';

/** The message stands in headers, and clients bound those. */
export const MAX_MESSAGE_BYTES = 2_000;

/**
 * A failure as gRPC says it, with a google.rpc.Status in `grpc-status-details-bin`. Only what carries a RetryInfo is sent
 * again by every client: RESOURCE_EXHAUSTED without one is final.
 * @see https://opentelemetry.io/docs/specs/otlp/#failures
 */
export function statusOf(failure: Failure): StatusObject {
  const code = rpcCodeOf(failure.status);
  const details = withinBytes(failure.message, MAX_MESSAGE_BYTES);
  const metadata = new Metadata();
  const retryAfterSeconds = isRetryable(failure.status) ? RETRY_AFTER_SECONDS : undefined;
  const status = encodeRpcStatus(code, details, 'protobuf', retryAfterSeconds);
  metadata.set('grpc-status-details-bin', Buffer.from(status));
  return { code, details, metadata };
}

/** Cut to whole characters; half of a surrogate pair would be refused as a header. */
function withinBytes(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  return encoded.length <= bytes ? encoded.toString() : `${encoded.subarray(0, bytes).toString()}…`;
}
