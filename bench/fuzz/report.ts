import type { Seed } from './seeds.js';

export interface FuzzFailure {
  readonly input: number;
  readonly from: string;
  readonly problem: string;
  /** The smallest body that still fails. */
  readonly body: Uint8Array;
  readonly encoding: Seed['encoding'];
}

/** What a run found. */
export interface FuzzReport {
  readonly seed: number;
  readonly seeds: number;
  readonly pieces: number;
  readonly inputs: number;
  readonly inputsPerSecond: number;
  readonly accepted: number;
  readonly partlyAccepted: number;
  readonly refused: number;
  /** Those that went through all of the collectors, and of them those that the oracle read as well. */
  readonly receivedInputs: number;
  readonly oracleInputs: number;
  readonly worstMs: number;
  readonly worstInput: number;
  /** What stays in memory after garbage is collected, halfway and in the end; of several jobs, together. */
  readonly heapBytes: { readonly first: number; readonly last: number; readonly isGrowing: boolean };
  readonly isPrototypeIntact: boolean;
  readonly failures: readonly FuzzFailure[];
}

/** What several jobs found together. */
export function addReports(reports: readonly FuzzReport[]): FuzzReport {
  const sum = (count: (report: FuzzReport) => number) => reports.reduce((total, one) => total + count(one), 0);
  const worst = reports.reduce((a, b) => (b.worstMs > a.worstMs ? b : a));
  return {
    ...worst,
    inputs: sum(({ inputs }) => inputs),
    inputsPerSecond: sum(({ inputsPerSecond }) => inputsPerSecond),
    accepted: sum(({ accepted }) => accepted),
    partlyAccepted: sum(({ partlyAccepted }) => partlyAccepted),
    refused: sum(({ refused }) => refused),
    receivedInputs: sum(({ receivedInputs }) => receivedInputs),
    oracleInputs: sum(({ oracleInputs }) => oracleInputs),
    heapBytes: {
      first: sum(({ heapBytes }) => heapBytes.first),
      last: sum(({ heapBytes }) => heapBytes.last),
      isGrowing: reports.some(({ heapBytes }) => heapBytes.isGrowing),
    },
    isPrototypeIntact: reports.every(({ isPrototypeIntact }) => isPrototypeIntact),
    failures: reports.flatMap(({ failures }) => failures),
  };
}
