/**
 * ln of the mean of e^v over the values: how the members of a mixture e-process with equal weights are put together.
 * `-Infinity` for an empty list.
 */
export function logMeanExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - largest);
  return largest + Math.log(sum / values.length);
}
