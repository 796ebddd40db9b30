/** Below this logarithm the formula is summed as a series, because its terms would cancel. */
const SERIES_BELOW = 1e-3;

/**
 * ln of the e-value that a latched running maximum S = max E is worth: A(S) = (S - 1 - ln S) / (ln S)², ½ at S = 1.
 * The maximum itself is not an e-value; this is what may go into e-BH or a mean when maxima are shown.
 * Source: Vovk & Wang, Annals of Statistics 2021 (mixture of the calibrators κ p^(κ-1)), for p = 1/S.
 * @param maxLogE ln S; a running maximum starts from E = 1, so it is at least 0
 * @throws RangeError when it is negative or not a number.
 */
export function adjustedForSupremum(maxLogE: number): number {
  if (!(maxLogE >= 0)) throw new RangeError(`maxLogE must be at least 0, got ${maxLogE}`);
  if (maxLogE < SERIES_BELOW) return Math.log(1 / 2 + maxLogE / 6 + (maxLogE * maxLogE) / 24);
  const shrunk = -Math.expm1(-maxLogE) - maxLogE * Math.exp(-maxLogE);
  return maxLogE + Math.log(shrunk) - 2 * Math.log(maxLogE);
}
