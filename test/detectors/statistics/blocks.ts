import {
  type ConditionalEProcess,
  HARM_GRID,
  startConditionalEProcess,
  updateConditionalEProcess,
} from '../../../detectors/statistics/conditional-e-process.js';
import type { ComparedCounts } from '../../../detectors/statistics/counts.js';

/** A block from the four numbers of its table, in the order of the published vectors. */
export function counts(n0: number, f0: number, n1: number, f1: number): ComparedCounts {
  return { baseline: { n: n0, failures: f0 }, candidate: { n: n1, failures: f1 } };
}

/** Kernel A over blocks, ψ0 = 1. */
export function evidenceOf(blocks: readonly ComparedCounts[], grid = HARM_GRID): ConditionalEProcess {
  return blocks.reduce(updateConditionalEProcess, startConditionalEProcess(grid));
}
