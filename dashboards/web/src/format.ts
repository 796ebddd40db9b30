import type { Target, Version } from './api/index.js';

/** Narrow no-break space between a number and its unit. */
const THIN = '\u202f';
const LN10 = Math.LN10;
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `0.052` → `5.2 %` */
export function percent(rate: number): string {
  const value = rate * 100;
  if (value > 0 && value < 0.005) return `< 0.01${THIN}%`;
  const digits = value === 0 || Math.abs(value) >= 99.95 ? 0 : Math.abs(value) < 0.1 ? 2 : 1;
  return `${value.toFixed(digits)}${THIN}%`;
}

/** `0.95` → `95 %`: a chosen figure, not a measured one. */
export function level(proportion: number): string {
  return `${Number((proportion * 100).toFixed(3))}${THIN}%`;
}

/** `0.043` → `+4.3`: a difference of proportions in percentage points. */
export function points(difference: number): string {
  const value = difference * 100;
  const text = Math.abs(value).toFixed(Math.abs(value) < 0.1 && value !== 0 ? 2 : 1);
  if (Number(text) === 0) return '0.0';
  return `${value < 0 ? '−' : '+'}${text}`;
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** An e-value from its natural logarithm: `12.3`, `1,240`, `1.6 × 10⁸`. */
export function eValue(logE: number): string {
  const exponent = logE / LN10;
  if (exponent < -3) return '< 0.001';
  if (exponent < 5) {
    const value = Math.exp(logE);
    return value >= 100 ? count(Math.round(value)) : String(Number(value.toPrecision(3)));
  }
  const whole = Math.floor(exponent);
  return `${(10 ** (exponent - whole)).toFixed(1)} × ${powerOfTen(whole)}`;
}

/** `3` → `10³` */
export function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)] ?? digit).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** `812 ms`, `1.24 s`, `2 min 5 s` */
export function duration(milliseconds: number): string {
  if (milliseconds < 1) return `${(milliseconds * 1000).toFixed(0)}${THIN}µs`;
  if (milliseconds < 1000) return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)}${THIN}ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1).replace(/\.0+$/, '')}${THIN}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${THIN}min ${Math.round(seconds % 60)}${THIN}s`;
  return `${Math.floor(seconds / 3600)}${THIN}h ${Math.round((seconds % 3600) / 60)}${THIN}min`;
}

/** `12 s ago`, `in 3 min` */
export function relative(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000);
  const size = Math.abs(seconds);
  if (size < 2) return 'just now';
  const text =
    size < 90
      ? `${size}${THIN}s`
      : size < 5400
        ? `${Math.round(size / 60)}${THIN}min`
        : size < 129_600
          ? `${Math.round(size / 3600)}${THIN}h`
          : `${Math.round(size / 86_400)}${THIN}d`;
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

/** Local time of day; with the date when it is not today. */
export function clockTime(at: number, now: number): string {
  const date = new Date(at);
  const time = date.toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.toLocaleDateString([], { day: 'numeric', month: 'short' })} ${time}`;
}

export function bytes(size: number): string {
  if (size < 1024) return `${size}${THIN}B`;
  if (size < 1024 ** 2) return `${(size / 1024).toFixed(1)}${THIN}KiB`;
  return `${(size / 1024 ** 2).toFixed(1)}${THIN}MiB`;
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `support-bot · production · support-triage` */
export function targetName(target: Target): string {
  return [target.service, target.environment, target.operation].filter((part) => part !== '').join(' · ');
}

/** A digest is shown by its beginning; the whole of it is in the element's title. */
export function shortVersion(value: string): string {
  return /^(sha256:)?[0-9a-f]{20,}$/.test(value) ? `${value.replace('sha256:', '').slice(0, 10)}…` : value;
}

export function versionText(version: Version): string {
  return version.source === 'missing' || version.value === '' ? 'missing' : shortVersion(version.value);
}

export function stageName(stage: number): string {
  return stage === 0 ? 'shadow' : `${stage}${THIN}%`;
}

const METRIC_TITLES: Readonly<Record<string, string>> = {
  compliance: 'Not compliant',
  task_success: 'Failed tasks',
  downstream_failure: 'Failed downstream',
  errors: 'Errors',
};

/** Known metrics in the order of {@link METRIC_TITLES}, then the others by name. */
export function metricOrder(metrics: Iterable<string>): string[] {
  const known = Object.keys(METRIC_TITLES);
  const rank = (metric: string) => (known.includes(metric) ? known.indexOf(metric) : known.length);
  return [...new Set(metrics)].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** A metric by what one failure of it is. */
export function metricTitle(metric: string): string {
  return METRIC_TITLES[metric] ?? metric.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase());
}

/** `rollback_unconfirmed` → `rollback unconfirmed` */
export function words(name: string): string {
  return name.replaceAll('_', ' ');
}
