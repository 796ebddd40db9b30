/** A sample of fingerprints by whose ranks others are read: values of each feature, sorted. */
export class ReferenceRanks {
  private readonly columns: readonly Float64Array[];
  private readonly size: number;

  constructor(rows: readonly ArrayLike<number>[], featureCount: number) {
    this.size = rows.length;
    this.columns = Array.from({ length: featureCount }, (_, feature) =>
      Float64Array.from(rows, (row) => row[feature] ?? 0).sort(),
    );
  }

  /**
   * Mid-rank of each feature in the reference, as a share of its size, less one half: in [-½, ½].
   *
   * Ranks forget the unit and the tail of a feature; the difference of two arms' mean ranks, ranked in their union, is
   * P(candidate > baseline) + ½ P(equal) - ½ (Mann and Whitney 1947).
   */
  read(row: ArrayLike<number>, into: Float64Array, offset: number): void {
    for (let feature = 0; feature < this.columns.length; feature++) {
      const column = this.columns[feature];
      if (column === undefined) continue;
      const value = row[feature] ?? 0;
      const below = firstNotBelow(column, value);
      const upTo = column[below] === value ? firstAbove(column, value, below) : below;
      into[offset + feature] = (below + upTo) / (2 * this.size) - 0.5;
    }
  }
}

function firstNotBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAbove(sorted: Float64Array, value: number, from: number): number {
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
