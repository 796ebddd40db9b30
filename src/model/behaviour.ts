/** One feature of both arms, in the unit that people read. */
export interface ShownMove {
  readonly name: string;
  readonly family: string;
  readonly label: string;
  readonly baselineMean: number;
  readonly candidateMean: number;
  /** P(a candidate's output has more of it) + ½ P(as much), with its confidence sequence. */
  readonly superiority: number;
  readonly lower: number;
  readonly upper: number;
  readonly level: number;
}

/** How the behaviour test of a rollout stands. */
export interface BehaviourStanding {
  readonly baselineN: number;
  readonly candidateN: number;
  readonly logE: number;
  readonly maxLogE: number;
  /** ln(1/α). */
  readonly logThreshold: number;
  readonly changed: boolean;
  /** Those that moved most, first; whether the test has fired or not. */
  readonly features: readonly ShownMove[];
  readonly tone: readonly ShownMove[];
  /** Outputs that show the difference, as `trace id/span id`, the most characteristic first. */
  readonly examples: { readonly baseline: readonly string[]; readonly candidate: readonly string[] };
}
