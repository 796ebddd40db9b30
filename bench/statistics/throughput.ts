import {
  conditionalLogE,
  startConditionalEProcess,
  updateConditionalEProcess,
} from '../../detectors/statistics/conditional-e-process.js';
import type { ComparedCounts } from '../../detectors/statistics/counts.js';
import { marginLogE, startMarginEProcess, updateMarginEProcess } from '../../detectors/statistics/margin-e-value.js';
import { drawBinomial } from './binomial.js';
import { scored } from './false-promotions.js';
import { seededUniform } from './random.js';

/** Blocks a second on one core, by `baseline + candidate` units of a block. */
export interface Throughput {
  readonly kernelA: Readonly<Record<string, number>>;
  readonly kernelB: Readonly<Record<string, number>>;
}

/** From a small service's bucket to a very large one's. */
const BLOCK_SIZES: readonly { readonly baseline: number; readonly candidate: number }[] = [
  { baseline: 99, candidate: 1 },
  { baseline: 95, candidate: 5 },
  { baseline: 950, candidate: 50 },
  { baseline: 9900, candidate: 100 },
  { baseline: 50_000, candidate: 50_000 },
];
const FAILURE_RATE = 0.02;
const MARGIN = 0.02;

/** Different blocks that are put in over and over, so that no branch is learned by heart. */
const DIFFERENT_BLOCKS = 512;
const WARM_UP_ROUNDS = 5;

/** One update with its look, from the counts to ln E: no result is kept from an earlier block of the same counts. */
export function measureThroughput(milliseconds: number, seed: number): Throughput {
  const kernelA: Record<string, number> = {};
  const kernelB: Record<string, number> = {};
  for (const { baseline, candidate } of BLOCK_SIZES) {
    const name = `${baseline}+${candidate}`;
    const uniform = seededUniform(seed, name, 0);
    const blocks = Array.from({ length: DIFFERENT_BLOCKS }, () => ({
      baseline: { n: baseline, failures: drawFailures(baseline, uniform) },
      candidate: { n: candidate, failures: drawFailures(candidate, uniform) },
    }));
    kernelA[name] = Math.round(perSecond(kernelARound(blocks), milliseconds));
    kernelB[name] = Math.round(perSecond(kernelBRound(blocks), milliseconds));
  }
  return { kernelA, kernelB };
}

/** In parts, since the first probability of a large binomial is too small for a double. */
function drawFailures(n: number, uniform: () => number): number {
  let failures = 0;
  for (let left = n; left > 0; left -= 1000) failures += drawBinomial(Math.min(left, 1000), FAILURE_RATE, uniform);
  return failures;
}

function kernelARound(blocks: readonly ComparedCounts[]): () => number {
  return () => {
    let process = startConditionalEProcess();
    let largest = 0;
    for (const block of blocks) {
      process = updateConditionalEProcess(process, block);
      largest = Math.max(largest, conditionalLogE(process));
    }
    return largest;
  };
}

function kernelBRound(blocks: readonly ComparedCounts[]): () => number {
  return () => {
    let process = startMarginEProcess(MARGIN);
    let largest = 0;
    for (const block of blocks) {
      process = updateMarginEProcess(process, scored(block));
      largest = Math.max(largest, marginLogE([process]));
    }
    return largest;
  };
}

function perSecond(round: () => number, milliseconds: number): number {
  for (let warmUp = 0; warmUp < WARM_UP_ROUNDS; warmUp++) round();
  const start = performance.now();
  let rounds = 0;
  let elapsed = 0;
  while (elapsed < milliseconds || rounds === 0) {
    if (Number.isNaN(round())) throw new Error('evidence must be a number');
    rounds++;
    elapsed = performance.now() - start;
  }
  return (rounds * DIFFERENT_BLOCKS * 1000) / elapsed;
}
