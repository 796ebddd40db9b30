/**
 * What one OTLP request may hold. An item (span or log record) beyond a limit of its own is refused alone; a request
 * beyond a limit of its own is refused whole.
 */

/** Bytes of a request as it is sent. */
export const MAX_ENCODED_BYTES = 64 * 1024 * 1024;

/** Bytes of a request after decompression, unless the caller says otherwise. */
export const MAX_DECODED_BYTES = 64 * 1024 * 1024;

/** Spans or log records in one request. Exporters send 512 by default, the Collector some thousands. */
export const MAX_ITEMS_PER_REQUEST = 100_000;

/** Attributes of one span, event, link, log record or resource. OpenInference flattens whole conversations into them. */
export const MAX_ATTRIBUTES = 10_000;

export const MAX_EVENTS_PER_SPAN = 10_000;
export const MAX_LINKS_PER_SPAN = 10_000;

/** Arrays and key-value lists inside one another in an attribute or a log body. */
export const MAX_VALUE_DEPTH = 32;

/** Reasons that are spelled out in a partial_success message; the rest is only counted. */
export const MAX_REJECTION_REASONS = 5;
