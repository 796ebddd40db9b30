/** A linear map from values to pixels. */
export type Scale = (value: number) => number;
export type Range = readonly [low: number, high: number];

export function linearScale([low, high]: Range, [from, to]: Range): Scale {
  const span = high - low || 1;
  return (value) => from + ((value - low) / span) * (to - from);
}

/** Round values (1, 2 or 5 × 10ⁿ apart) inside the domain, about `wanted` of them. */
export function linearTicks([low, high]: Range, wanted: number): number[] {
  const rough = (high - low) / Math.max(1, wanted);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

const TIME_STEPS_SECONDS = [
  10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
];

/** Times (Unix seconds) on round local clock readings, at most `most` of them. */
export function timeTicks([low, high]: Range, most: number): number[] {
  const step = TIME_STEPS_SECONDS.find((candidate) => (high - low) / candidate <= most) ?? (high - low) / most;
  const offset = new Date(low * 1000).getTimezoneOffset() * 60;
  const first = Math.ceil((low - offset) / step) * step + offset;
  const ticks: number[] = [];
  for (let tick = first; tick <= high; tick += step) ticks.push(tick);
  return ticks;
}

export function timeLabel(seconds: number, [low, high]: Range): string {
  const date = new Date(seconds * 1000);
  if (high - low > 2 * 86_400) return date.toLocaleDateString([], { day: 'numeric', month: 'short' });
  return date.toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    ...(high - low < 300 ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
  });
}

/** Index of the value closest to `wanted` in an ascending list; -1 when the list is empty. */
export function nearestIndex(values: readonly number[], wanted: number): number {
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  for (const [index, value] of values.entries()) {
    const candidate = Math.abs(value - wanted);
    if (candidate < distance) {
      best = index;
      distance = candidate;
    }
  }
  return best;
}

/** `M x y L x y …` of the points, with one decimal: enough for a screen. */
export function linePath(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

/** The closed area between an upper and a lower line over the same x. */
export function bandPath(
  upper: readonly (readonly [number, number])[],
  lower: readonly (readonly [number, number])[],
): string {
  if (upper.length === 0) return '';
  return `${linePath([...upper, ...[...lower].reverse()])}Z`;
}

/** At most `most` rows, evenly spread, always with the first and the last. */
export function thinned<T>(rows: readonly T[], most: number): T[] {
  if (rows.length <= most) return [...rows];
  const step = (rows.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => rows[Math.round(index * step)]).filter((row) => row !== undefined);
}
