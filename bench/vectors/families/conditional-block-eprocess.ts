import {
  conditionalLogE,
  startConditionalEProcess,
  updateConditionalEProcess,
} from '../../../detectors/statistics/conditional-e-process.js';
import type { ComparedCounts } from '../../../detectors/statistics/counts.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

/** A block [n0, f0, n1, f1]. */
export function blockOf([n0 = 0, f0 = 0, n1 = 0, f1 = 0]: readonly number[]): ComparedCounts {
  return { baseline: { n: n0, failures: f0 }, candidate: { n: n1, failures: f1 } };
}

/** ln E of kernel A after every block, and the sums of its grid after the last. */
export function kernelTrajectory(
  blocks: readonly (readonly number[])[],
  grid: readonly number[],
  nullOddsRatio: number,
): { readonly logE: number[]; readonly logRatios: readonly number[] } {
  let process = startConditionalEProcess(grid, Math.log(nullOddsRatio));
  const logE = blocks.map((block) => {
    process = updateConditionalEProcess(process, blockOf(block));
    return conditionalLogE(process);
  });
  return { logE, logRatios: process.logRatios };
}

function answer(input: CaseInput): Answer {
  const { logE, logRatios } = kernelTrajectory(input.rows('blocks'), input.numbers('grid'), input.number('psi0', 1));
  const largest = Math.max(...logE);
  return quantities({
    log_lr_per_grid: () => logRatios,
    log_e_trajectory: () => logE,
    log_e: () => logE.at(-1),
    max_log_e: () => largest,
    anytime_p: () => Math.min(1, Math.exp(-largest)),
  });
}

export const conditionalBlockEprocess: Family = {
  name: 'conditional_block_eprocess',
  kinds: [{ needs: ['blocks', 'grid'], answer }],
};
