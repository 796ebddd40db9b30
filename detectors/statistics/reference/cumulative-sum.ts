/** Why this is a reference only: see `page-hinkley.ts`. */
export interface CumulativeSum {
  readonly minimumUnits: number;
  /** Rise that is tolerated. */
  readonly delta: number;
  readonly threshold: number;
}

/**
 * Indices at which the cumulative sum of values above their running mean exceeds the threshold; it starts anew after each.
 * Source: Page, Biometrika 1954; conventions of Frouros.
 */
export function cumulativeSumAlarms(stream: readonly number[], options: CumulativeSum): number[] {
  const alarms: number[] = [];
  let units = 0;
  let mean = 0;
  let sum = 0;
  for (const [index, value] of stream.entries()) {
    units += 1;
    mean += (value - mean) / units;
    sum = Math.max(0, sum + value - mean - options.delta);
    if (units >= options.minimumUnits && sum > options.threshold) {
      alarms.push(index);
      [units, mean, sum] = [0, 0, 0];
    }
  }
  return alarms;
}
