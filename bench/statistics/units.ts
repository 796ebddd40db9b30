/** What waiting times of many simulated runs come to. */
export interface Waiting {
  readonly mean: number;
  /** Eight of ten runs needed no more. */
  readonly p80: number;
  readonly standardError: number;
}

export function summarise(units: readonly number[]): Waiting {
  const runs = units.length;
  const mean = units.reduce((sum, unit) => sum + unit, 0) / runs;
  const variance = units.reduce((sum, unit) => sum + (unit - mean) ** 2, 0) / Math.max(1, runs - 1);
  const sorted = [...units].sort((a, b) => a - b);
  const p80 = sorted[Math.max(0, Math.ceil(0.8 * runs) - 1)] ?? Number.NaN;
  return { mean, p80, standardError: Math.sqrt(variance / runs) };
}
