/** Beyond this the header is not believed, in seconds. */
export const MAX_RETRY_AFTER_SECONDS = 3600;

/**
 * The Retry-After header (RFC 9110 §10.2.3): whole seconds or a date.
 * @returns seconds from `nowMs`, 0 to {@link MAX_RETRY_AFTER_SECONDS}; `null` when absent or unreadable
 */
export function retryAfterSeconds(header: string | readonly string[] | undefined, nowMs: number): number | null {
  const text = (typeof header === 'string' ? header : header?.[0])?.trim();
  if (!text) return null;
  // All forms of an HTTP date begin with the day's name; Date.parse alone takes `-3` for a month.
  const date = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  const seconds = /^\d+$/.test(text) ? Number(text) : (date - nowMs) / 1000;
  if (!Number.isFinite(seconds)) return null;
  return Math.min(Math.max(0, Math.ceil(seconds)), MAX_RETRY_AFTER_SECONDS);
}
