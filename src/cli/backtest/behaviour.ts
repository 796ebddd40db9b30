import { setImmediate as nextTurn } from 'node:timers/promises';
import { BehaviourTest, exampleOutputs, type FeatureMove, movedFeatures } from '../../../detectors/index.js';
import type { CollectedArms } from './arms.js';
import { MAX_BEHAVIOUR_PAIRS, type SampledOutput } from './behaviour-sample.js';

export const BEHAVIOUR_WEIGHT = 0.15;

/** Of the fake labellings: the same data give the same answer. */
const SEED = 1;

/** Pairs between two chances to stop, and between two lines of progress. */
const PAIRS_PER_TURN = 20;
const PROGRESS_PAIRS = 500;

const MAX_FEATURES = 8;
const EXAMPLES_PER_ARM = 3;

/** What the behaviour test found. */
export interface BehaviourReplay {
  readonly baselineN: number;
  readonly candidateN: number;
  readonly maxLogE: number;
  /** ln(1 / (α w)). */
  readonly logThreshold: number;
  readonly firedAtCandidateRow: number | null;
  /** Those that moved most, first; whether the test fired or not. */
  readonly features: readonly FeatureMove[];
  readonly examples: { readonly baseline: readonly SampledOutput[]; readonly candidate: readonly SampledOutput[] };
}

/**
 * The sequential two-sample test over the pairs in file order.
 * @param alpha the metric's share α w of the false-alarm budget
 */
export async function replayBehaviour(
  arms: CollectedArms,
  alpha: number,
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<BehaviourReplay> {
  const { pairing } = arms;
  const sampled = { baseline: arms.baseline.sampled, candidate: arms.candidate.sampled };
  const test = new BehaviourTest({ alpha, seed: SEED });
  const seen = { baseline: 0, candidate: 0, pairs: 0 };
  let firedAtCandidateRow: number | null = null;
  for (const block of pairing.values(sampled, 0, MAX_BEHAVIOUR_PAIRS)) {
    test.add(block);
    if (firedAtCandidateRow === null && test.changed) firedAtCandidateRow = block.bucket;
    seen.baseline += block.baseline.length;
    seen.candidate += block.candidate.length;
    seen.pairs++;
    if (seen.pairs % PROGRESS_PAIRS === 0) progress(`behaviour: ${seen.pairs.toLocaleString('en-US')} pairs compared`);
    if (seen.pairs % PAIRS_PER_TURN === 0) await nextTurn();
    signal.throwIfAborted();
  }
  return {
    baselineN: seen.baseline,
    candidateN: seen.candidate,
    maxLogE: test.maxLogE,
    logThreshold: Math.log(1 / alpha),
    firedAtCandidateRow,
    ...explanation(test, sampled),
  };
}

function explanation(
  test: BehaviourTest,
  sampled: Readonly<Record<'baseline' | 'candidate', CollectedArms['baseline']['sampled']>>,
): Pick<BehaviourReplay, 'features' | 'examples'> {
  if (test.blocks.length === 0) return { features: [], examples: { baseline: [], candidate: [] } };
  const contrast = test.contrast();
  const ids = exampleOutputs(contrast, test.blocks, EXAMPLES_PER_ARM);
  const named = (arm: 'baseline' | 'candidate'): SampledOutput[] =>
    ids[arm].flatMap((id) => sampled[arm].find((output) => output?.id === id) ?? []);
  return {
    features: movedFeatures(contrast, test.blocks, test.features).slice(0, MAX_FEATURES),
    examples: { baseline: named('baseline'), candidate: named('candidate') },
  };
}
