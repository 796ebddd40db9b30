import { errorMessage, LeewayError } from '../../src/model/index.js';
import { RPC_CODES } from './encode.js';

/** When an exporter should send again what could not be taken now, in seconds. */
export const RETRY_AFTER_SECONDS = 5;

/** A failure as a client is told of it, whatever the transport. */
export interface Failure {
  readonly status: number;
  readonly message: string;
  /** What the log should say; `null` when what happened is the client's doing, or known and shown elsewhere. */
  readonly logged: string | null;
}

/** What Leeway raises on purpose explains itself; of anything else the client learns only that it happened. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof LeewayError))
    return {
      status: 500,
      message: "the request could not be processed; Leeway's log says why",
      logged: causeOf(error),
    };
  const { status, title, message, cause } = error;
  // A full spool is told to every exporter that comes, and shown in the metrics.
  const logged = status >= 500 && cause !== undefined ? causeOf(error) : null;
  return { status, message: `${title}: ${message}`, logged };
}

/** Should the client send the same again later? OTLP's clients do on 503 and UNAVAILABLE. */
export function isRetryable(status: number): boolean {
  return status === 503;
}

/** google.rpc.Code of an HTTP status. */
export function rpcCodeOf(status: number): number {
  if (status === 408) return RPC_CODES.deadlineExceeded;
  if (status === 413) return RPC_CODES.resourceExhausted;
  if (isRetryable(status)) return RPC_CODES.unavailable;
  return status >= 500 ? RPC_CODES.internal : RPC_CODES.invalidArgument;
}

/** What happened beneath: an answer names the spool, the log the disk. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? errorMessage(error) : `${errorMessage(error)}: ${errorMessage(cause)}`;
}
