import type { BehaviourStanding, ShownMove } from '../../src/model/index.js';
import { BehaviourTest } from './behaviour-test.js';
import type { BehaviourBlock } from './block.js';
import { exampleOutputs } from './example-outputs.js';
import { type FeatureMove, movedFeatures } from './moved-features.js';

/** Of the fake labellings: the same data give the same answer. */
const SEED = 1;

const SHOWN_FEATURES = 8;
const EXAMPLES_PER_ARM = 3;

/** An explanation costs as much as a look: it is made anew when this much more was seen. */
const EXPLAIN_GROWTH = 1.2;

/** What a change of manner is noticed by: April 2025's sycophancy was these, with task success up. */
export const TONE_FEATURES: readonly string[] = [
  'praiseWords',
  'flatteryOpening',
  'agreementOpening',
  'hedgeWords',
  'intensifierWords',
  'apologyWords',
  'negationWords',
  'exclamations',
  'pictographs',
  'questions',
  'characters',
];

/** A behaviour test that can say at any time how it stands. */
export class StandingTest {
  readonly #test: BehaviourTest;
  readonly #alpha: number;
  #baselineN = 0;
  #candidateN = 0;
  #explainedAt = 0;
  #wasChanged = false;
  #explanation: Pick<BehaviourStanding, 'features' | 'tone' | 'examples'> = {
    features: [],
    tone: [],
    examples: { baseline: [], candidate: [] },
  };

  /** @throws RangeError when alpha is not in (0, 1) */
  constructor(alpha: number) {
    this.#alpha = alpha;
    this.#test = new BehaviourTest({ alpha, seed: SEED });
  }

  /** @throws RangeError naming an output whose fingerprint is of another length */
  add(block: BehaviourBlock): void {
    this.#test.add(block);
    this.#baselineN += block.baseline.length;
    this.#candidateN += block.candidate.length;
  }

  standing(): BehaviourStanding {
    this.#explain();
    return {
      baselineN: this.#baselineN,
      candidateN: this.#candidateN,
      logE: this.#test.logE,
      maxLogE: this.#test.maxLogE,
      logThreshold: -Math.log(this.#alpha),
      changed: this.#test.changed,
      ...this.#explanation,
    };
  }

  #explain(): void {
    const blocks = this.#test.blocks;
    const units = this.#baselineN + this.#candidateN;
    const isNews = this.#test.changed !== this.#wasChanged;
    if (blocks.length === 0 || (!isNews && units < this.#explainedAt * EXPLAIN_GROWTH)) return;
    this.#explainedAt = units;
    this.#wasChanged = this.#test.changed;
    const contrast = this.#test.contrast();
    const moves = movedFeatures(contrast, blocks, this.#test.features);
    this.#explanation = {
      features: moves.slice(0, SHOWN_FEATURES).map(shown),
      tone: TONE_FEATURES.flatMap((name) => moves.filter(({ feature }) => feature.name === name).map(shown)),
      examples: exampleOutputs(contrast, blocks, EXAMPLES_PER_ARM),
    };
  }
}

function shown({ feature, baselineMean, candidateMean, superiority, interval }: FeatureMove): ShownMove {
  const { name, family, label } = feature;
  return { name, family, label, baselineMean, candidateMean, superiority, ...interval };
}
