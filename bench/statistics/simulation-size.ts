/** How large a simulation is, and which one. */
export interface SimulationSize {
  readonly runs: number;
  /** Looks of a run. */
  readonly looks: number;
  readonly seed: number;
}
