/** A stratum with less of the baseline's traffic than this does not hold a promotion up. */
export const COVERED_TRAFFIC_SHARE = 0.02;

/** Traffic of both arms in one stratum since the candidate appeared. */
export interface StratumTraffic {
  readonly stratum: string;
  readonly baselineUnits: number;
  readonly candidateUnits: number;
  /** Share of the baseline's traffic, 0 to 1. */
  readonly baselineShare: number;
}
