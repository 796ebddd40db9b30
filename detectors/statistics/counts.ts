/** One arm of a comparison as the statistics need it: units counted, and how many of them failed. */
export interface FailureCounts {
  readonly n: number;
  readonly failures: number;
}

/** Both arms of one block; a `Block` of the model is one. */
export interface ComparedCounts {
  readonly baseline: FailureCounts;
  readonly candidate: FailureCounts;
}

/** @throws RangeError naming the argument unless it is a whole number from 0 to 2^53 - 1. */
export function requireCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${name} must be a count (0, 1, 2, …), got ${value}`);
  }
}

/** @throws RangeError naming the argument unless low < value < high. */
export function requireBetween(name: string, value: number, low: number, high: number): void {
  if (!(value > low && value < high)) throw new RangeError(`${name} must lie between ${low} and ${high}, got ${value}`);
}

/** @throws RangeError naming the argument unless it is a positive, finite number. */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) throw new RangeError(`${name} must be positive, got ${value}`);
}

/** @throws RangeError naming the argument unless 0 <= value <= 1. */
export function requireProbability(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${name} must lie between 0 and 1, got ${value}`);
}

/** @throws RangeError naming the argument unless it is a finite number. */
export function requireFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`${name} must be a finite number, got ${value}`);
}

/** @throws RangeError naming the first value that is not finite, or the list when it is shorter than `fewest`. */
export function requireFiniteValues(name: string, values: readonly number[], fewest = 1): void {
  if (values.length < fewest) throw new RangeError(`${name} must hold at least ${fewest} values, got ${values.length}`);
  for (const [index, value] of values.entries()) requireFinite(`${name}[${index}]`, value);
}

/** @throws RangeError naming the first value that is not a count, or the list when it is empty. */
export function requireCounts(name: string, counts: readonly number[]): void {
  if (counts.length === 0) throw new RangeError(`${name} must not be empty`);
  for (const [index, count] of counts.entries()) requireCount(`${name}[${index}]`, count);
}

/** @throws RangeError naming the count that is not a count, or the failures that exceed their units. */
export function requireFailureCounts(name: string, counts: FailureCounts): void {
  requireCount(`${name}.n`, counts.n);
  requireCount(`${name}.failures`, counts.failures);
  if (counts.failures > counts.n) {
    throw new RangeError(`${name}.failures must not exceed ${name}.n: ${counts.failures} of ${counts.n}`);
  }
}

/** @throws RangeError as {@link requireFailureCounts}, for both arms. */
export function requireComparedCounts(counts: ComparedCounts): void {
  requireFailureCounts('baseline', counts.baseline);
  requireFailureCounts('candidate', counts.candidate);
}
