/** Figures as people read them in sentences, messages and timelines. */

/** Above this an e-value is written as a power of ten. */
const LARGEST_PLAIN_EVIDENCE = 1e6;
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `2,250` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** A proportion: `5.2 %`; two decimals below one per cent, where one would hide the difference. */
export function formatRate(rate: number): string {
  return Number.isFinite(rate) ? `${decimals(rate * 100)} %` : 'no data';
}

/** A difference of proportions in percentage points: `+5.0`, `-0.04`. */
export function formatPoints(difference: number): string {
  if (!Number.isFinite(difference)) return 'no data';
  const text = decimals(difference * 100);
  return difference > 0 ? `+${text}` : text.replace(/^-(0\.0+)$/, '$1');
}

/** An e-value from its natural logarithm: `0.42`, `37`, `1,240`, beyond a million `2.1 × 10⁸`. */
export function formatEvidence(logE: number): string {
  const e = Math.exp(logE);
  if (e >= LARGEST_PLAIN_EVIDENCE) return powerOfTen(logE / Math.LN10);
  if (e >= 10) return formatCount(e);
  return e < 0.01 ? 'under 0.01' : e.toFixed(e < 1 ? 2 : 1);
}

/** `45 seconds`, `3 minutes`: durations as people say them. */
export function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} seconds`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}

/** `a`, `a and b`, `a, b and c` */
export function wordList(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

function decimals(value: number): string {
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude > 0 && magnitude < 1 ? 2 : 1);
}

function powerOfTen(log10: number): string {
  const exponent = Math.floor(log10);
  const mantissa = (10 ** (log10 - exponent)).toFixed(1);
  const digits = [...String(exponent)].map((digit) => SUPERSCRIPTS[Number(digit)] ?? digit);
  return `${mantissa} × 10${digits.join('')}`;
}
