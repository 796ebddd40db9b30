import { anytimeLinearModels } from './families/anytime-linear-models.js';
import { asymptoticConfidenceSequence } from './families/asymptotic-confidence-sequence.js';
import { attribution } from './families/attribution.js';
import { bettingConfidenceSequences } from './families/betting-confidence-sequences.js';
import { canaryDecisions } from './families/canary-decisions.js';
import { changepointStreams } from './families/changepoint-streams.js';
import { conditionalBlockEprocess } from './families/conditional-block-eprocess.js';
import { confseqBoundaries } from './families/confseq-boundaries.js';
import { contingency } from './families/contingency.js';
import { distancesDiscrete } from './families/distances-discrete.js';
import { distancesSamples } from './families/distances-samples.js';
import { mantelHaenszel } from './families/mantel-haenszel.js';
import { mmdKernel } from './families/mmd-kernel.js';
import { multipleTesting } from './families/multiple-testing.js';
import { proportions } from './families/proportions.js';
import { quantilesDescriptive } from './families/quantiles-descriptive.js';
import { rankTests } from './families/rank-tests.js';
import { safeTwoProportions } from './families/safe-two-proportions.js';
import { sampleSizePower } from './families/sample-size-power.js';
import { specialFunctions } from './families/special-functions.js';
import { srmMultinomial } from './families/srm-multinomial.js';
import { tTests } from './families/t-tests.js';
import { textFingerprint } from './families/text-fingerprint.js';
import type { Family } from './family.js';

/** Every family of vectors, in the order of their numbers. */
export const FAMILIES: readonly Family[] = [
  distancesDiscrete,
  distancesSamples,
  contingency,
  proportions,
  sampleSizePower,
  rankTests,
  tTests,
  mantelHaenszel,
  multipleTesting,
  safeTwoProportions,
  conditionalBlockEprocess,
  confseqBoundaries,
  asymptoticConfidenceSequence,
  srmMultinomial,
  anytimeLinearModels,
  changepointStreams,
  mmdKernel,
  attribution,
  specialFunctions,
  quantilesDescriptive,
  {
    name: 'kayenta_judge',
    leftOut:
      "the scoring rule of another product's judge (one batch comparison, no error guarantee); Leeway decides by e-values",
  },
  bettingConfidenceSequences,
  textFingerprint,
  canaryDecisions,
];
