import type { LogHistogram } from './histogram.js';
import type { VersionValues } from './surface.js';

/** The counts of one (target, vector, arm tag, stratum, bucket, metric). */
export interface Cell {
  readonly targetId: string;
  readonly vectorId: string;
  readonly arm: string;
  readonly stratum: string;
  /** First second of the bucket (Unix). */
  readonly bucket: number;
  readonly metric: string;
  /** Units counted. */
  readonly n: number;
  /** Of which failed (binary). */
  readonly failures: number;
  /** Sum of the scores in [0, 1]; `n - failures` for a binary metric. */
  readonly scoreSum: number;
  /** Of a metric that is measured; empty for one that is counted. */
  readonly histogram?: CellHistogram;
  /**
   * Present where a session counts until its first failure: how far its sessions had got, p for 2^p - 1 to 2^(p+1) - 2
   * calls before. Absent where every call counts.
   */
  readonly progress?: number;
}

/** Units by bucket of the logarithmic histogram, in two lists of the same length. */
export interface CellHistogram {
  readonly buckets: readonly number[];
  readonly counts: readonly number[];
}

/** A version vector as it was seen in a target's traffic. */
export interface SeenVector {
  readonly targetId: string;
  readonly vectorId: string;
  readonly values: VersionValues;
}

/** One arm's counts in a block. */
export interface ArmCounts {
  readonly n: number;
  readonly failures: number;
  readonly scoreSum: number;
  /** Of a metric that is measured. */
  readonly histogram?: LogHistogram;
}

/** The unit of evidence: both arms in one stratum and one bucket. An arm may be empty; the block then says nothing. */
export interface Block {
  readonly bucket: number;
  readonly stratum: string;
  readonly baseline: ArmCounts;
  readonly candidate: ArmCounts;
}
