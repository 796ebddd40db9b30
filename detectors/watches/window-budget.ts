/** One false finding of a watch in this time, over all targets. */
const FALSE_ALARM_SECONDS = 30 * 86_400;

/** Looks at sliding windows repeat themselves; so many of them count as one of their own in a window's time. */
const LOOKS_IN_A_WINDOW = 4;

/** The level of one look at one target's newest window, so that all looks together keep the budget (a union bound). */
export function windowAlpha(liveTargets: number, windowSeconds: number): number {
  return windowSeconds / (Math.max(1, liveTargets) * LOOKS_IN_A_WINDOW * FALSE_ALARM_SECONDS);
}
