/** Every error Leeway raises on purpose: a stable code, the HTTP status it maps to, and its title. */
const CATALOGUE = {
  LEEWAY_CONFIG_INVALID: { status: 500, title: 'The configuration is not valid' },
  LEEWAY_DATA_DIR_IN_USE: { status: 500, title: 'The data directory is in use by another process' },
  LEEWAY_MIGRATION_FAILED: { status: 500, title: 'A migration of the store failed' },
  LEEWAY_PORT_IN_USE: { status: 500, title: 'The port is in use' },
  LEEWAY_STORE_UNAVAILABLE: { status: 503, title: 'The store does not answer' },
  LEEWAY_QUEUE_UNAVAILABLE: { status: 503, title: 'The queue does not answer' },
  LEEWAY_SPOOL_FULL: { status: 503, title: 'The spool is full' },
  LEEWAY_MALFORMED: { status: 400, title: 'The request body is malformed' },
  LEEWAY_INVALID: { status: 400, title: 'The request is not valid' },
  LEEWAY_UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The content type is not supported' },
  LEEWAY_TOO_LARGE: { status: 413, title: 'The request is too large' },
  LEEWAY_UNAUTHENTICATED: { status: 401, title: 'The request does not prove who sent it' },
  LEEWAY_FORBIDDEN: { status: 403, title: 'The request is not allowed from there' },
  LEEWAY_NOT_FOUND: { status: 404, title: 'There is no such thing' },
  LEEWAY_CONFLICT: { status: 409, title: 'The request conflicts with the present state' },
  LEEWAY_METHOD_NOT_ALLOWED: { status: 405, title: 'The method is not allowed here' },
  LEEWAY_NOT_READY: { status: 503, title: 'The service is not ready' },
  LEEWAY_BUSY: { status: 503, title: 'Leeway is at a limit and takes no more for now' },
  LEEWAY_INTERNAL: { status: 500, title: 'Something went wrong inside Leeway' },
  LEEWAY_DESTINATION_REFUSED: { status: 400, title: 'The destination is not allowed' },
} as const;

export type ErrorCode = keyof typeof CATALOGUE;

/** An error with a stable code; the message says what happened, where, and what to do. */
export class LeewayError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'LeewayError';
    this.code = code;
  }

  /** HTTP status for the API (RFC 9457 `status`). */
  get status(): number {
    return CATALOGUE[this.code].status;
  }

  /** Short, constant summary of the kind of error (RFC 9457 `title`). */
  get title(): string {
    return CATALOGUE[this.code].title;
  }
}

/** The message of anything thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
