export const ARMS = ['baseline', 'candidate'] as const;
export type ArmName = (typeof ARMS)[number];

/** Something of both arms that stood side by side; the bucket is the candidate row (1-based) it ends with. */
export interface PairedValues<Value> {
  readonly bucket: number;
  readonly baseline: readonly Value[];
  readonly candidate: readonly Value[];
}

/**
 * Rows have no time, so they are put side by side in file order: with K = the smaller number of rows, block j holds the j-th
 * K-th of the baseline rows and the j-th K-th of the candidate rows (one row of the smaller arm each).
 */
export class Pairing {
  readonly blocks: number;
  readonly #sizes: Readonly<Record<ArmName, number>>;

  constructor(sizes: Readonly<Record<ArmName, number>>) {
    this.#sizes = sizes;
    this.blocks = Math.min(sizes.baseline, sizes.candidate);
  }

  /** First row of a block in its arm, and the first of the next block (0-based). */
  rowsOf(arm: ArmName, block: number): { readonly from: number; readonly until: number } {
    const size = this.#sizes[arm];
    return {
      from: Math.floor((block * size) / this.blocks),
      until: Math.floor(((block + 1) * size) / this.blocks),
    };
  }

  /** The block that holds a row of an arm (both 0-based). */
  blockOf(arm: ArmName, row: number): number {
    return Math.ceil(((row + 1) * this.blocks) / this.#sizes[arm]) - 1;
  }

  /** The candidate row (1-based) a block ends with. */
  bucketOf(block: number): number {
    return this.rowsOf('candidate', block).until;
  }

  /**
   * The values of the rows, block by block, without rows that have none (`null`). A block that is left with one arm is joined
   * with the next ones; by numbers of rows alone, so that evidence stays valid.
   * @param from first block that is wanted
   * @param until first block that is not wanted any more
   */
  *values<Value>(
    arms: Readonly<Record<ArmName, readonly (Value | null)[]>>,
    from = 0,
    until = this.blocks,
  ): Generator<PairedValues<Value>> {
    let waiting: Record<ArmName, Value[]> = { baseline: [], candidate: [] };
    for (let block = from; block < Math.min(until, this.blocks); block++) {
      for (const arm of ARMS) {
        const rows = this.rowsOf(arm, block);
        waiting[arm].push(...arms[arm].slice(rows.from, rows.until).filter((value) => value !== null));
      }
      if (waiting.baseline.length === 0 || waiting.candidate.length === 0) continue;
      yield { bucket: this.bucketOf(block), ...waiting };
      waiting = { baseline: [], candidate: [] };
    }
  }
}
