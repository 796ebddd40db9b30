/** Why this is a reference only: see `page-hinkley.ts`. Levels are in standard deviations of the best error rate so far. */
export interface DriftDetectionMethod {
  readonly minimumUnits: number;
  readonly warningLevel: number;
  readonly driftLevel: number;
}

/** Indices of alarms, and of units in the warning zone. */
export interface DriftDetections {
  readonly alarms: readonly number[];
  readonly warnings: readonly number[];
}

/**
 * DDM on a stream of errors (1) and successes (0); it starts anew after each alarm.
 * Source: Gama, Medas, Castillo & Rodrigues, SBIA 2004; conventions of River.
 */
export function driftDetectionMethod(stream: readonly number[], options: DriftDetectionMethod): DriftDetections {
  const alarms: number[] = [];
  const warnings: number[] = [];
  let units = 0;
  let rate = 0;
  let best = { rate: Number.POSITIVE_INFINITY, deviation: Number.POSITIVE_INFINITY };
  for (const [index, value] of stream.entries()) {
    units += 1;
    rate += (value - rate) / units;
    const deviation = Math.sqrt(Math.max(0, rate * (1 - rate)) / units);
    if (units <= options.minimumUnits) continue;
    if (rate + deviation <= best.rate + best.deviation) best = { rate, deviation };
    if (rate + deviation > best.rate + options.driftLevel * best.deviation) {
      alarms.push(index);
      units = 0;
      rate = 0;
      best = { rate: Number.POSITIVE_INFINITY, deviation: Number.POSITIVE_INFINITY };
    } else if (rate + deviation > best.rate + options.warningLevel * best.deviation) warnings.push(index);
  }
  return { alarms, warnings };
}
