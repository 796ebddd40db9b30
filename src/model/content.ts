/**
 * What is kept of a target's content (prompts, messages, outputs, tool arguments and results), from the least strict to the
 * strictest: all of it; all but what must not be known, such as e-mail addresses and keys; none of it.
 */
export const CONTENT_MODES = ['full', 'redacted', 'none'] as const;
export type ContentMode = (typeof CONTENT_MODES)[number];

/** The stricter of two modes. */
export function stricter(a: ContentMode, b: ContentMode): ContentMode {
  return CONTENT_MODES.indexOf(a) >= CONTENT_MODES.indexOf(b) ? a : b;
}

/** Kinds of text that Leeway finds by itself; `ip` only where it is asked for. */
export const REDACTION_DETECTORS = ['email', 'card', 'iban', 'phone', 'secret', 'ip'] as const;
export type RedactionDetector = (typeof REDACTION_DETECTORS)[number];

/** The attribute that says that a span or log record is not stored as it was sent, and why: `redacted` or `none`. */
export const CONTENT_ATTRIBUTE = 'leeway.content';
