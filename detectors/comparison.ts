import type { ArmCounts, Block, Estimate, MetricPolicy } from '../src/model/index.js';
import { CopyOnWriteMap } from './copy-on-write-map.js';
import { JoinForward } from './join-forward.js';
import {
  type ConditionalEProcess,
  conditionalLogE,
  startConditionalEProcess,
  updateConditionalEProcess,
} from './statistics/conditional-e-process.js';
import { addStratum, type MantelHaenszel, mantelHaenszelRates, NO_STRATA } from './statistics/mantel-haenszel.js';
import {
  type MarginEProcess,
  marginLogE,
  startMarginEProcess,
  updateMarginEProcess,
} from './statistics/margin-e-value.js';
import { OddsRatioSequence, riskDifferenceAt } from './statistics/odds-ratio-sequence.js';
import { type Interval, proportionConfidenceSequence } from './statistics/proportion-confidence-sequence.js';

/** Every interval that is shown holds the truth at all times at once with this probability. */
export const SHOWN_LEVEL = 0.95;

/**
 * The 5 % of the difference's interval: most for the odds ratio, a rest for the candidate's own rate, which bounds the
 * difference while no odds ratio can be excluded (no failures in the baseline).
 */
const ODDS_RATIO_ALPHA = 0.04;
const CANDIDATE_RATE_ALPHA = 0.01;

const NOTHING: ArmCounts = { n: 0, failures: 0, scoreSum: 0 };

/** Both arms of one metric as buckets come in: every statistic that the detectors show or decide by. */
export class Comparison {
  readonly #policy: MetricPolicy;
  #join = new JoinForward();
  #harm: ConditionalEProcess = startConditionalEProcess();
  #promotion = new CopyOnWriteMap<string, MarginEProcess>();
  #rates: MantelHaenszel = NO_STRATA;
  #oddsRatio = new OddsRatioSequence();
  #baselineBefore = NOTHING;
  #baseline = NOTHING;
  #candidate = NOTHING;

  constructor(policy: MetricPolicy) {
    this.#policy = policy;
  }

  /**
   * Adds the next block. Units are counted at once; they are compared when both arms have some. Before the first
   * candidate unit, blocks only teach the baseline rate that a promotion is measured against.
   * @returns the blocks that were compared now
   */
  add(block: Block): readonly Block[] {
    if (this.#candidate.n === 0 && block.candidate.n === 0) {
      this.#baselineBefore = addCounts(this.#baselineBefore, block.baseline);
    } else {
      this.#baseline = addCounts(this.#baseline, block.baseline);
      this.#candidate = addCounts(this.#candidate, block.candidate);
    }
    const ready = this.#join.add(block);
    for (const comparable of ready) this.#compare(comparable);
    return ready;
  }

  #compare(block: Block): void {
    const promotion = this.#promotion.get(block.stratum) ?? startMarginEProcess(this.#policy.promoteMargin);
    this.#promotion.set(block.stratum, updateMarginEProcess(promotion, block));
    this.#harm = updateConditionalEProcess(this.#harm, block);
    this.#rates = addStratum(this.#rates, block);
    this.#oddsRatio.add(block);
  }

  /** A copy that goes its own way. */
  clone(): Comparison {
    const copy = new Comparison(this.#policy);
    copy.#join = this.#join.clone();
    copy.#harm = this.#harm;
    copy.#promotion = this.#promotion.clone();
    copy.#rates = this.#rates;
    copy.#oddsRatio = this.#oddsRatio.clone();
    copy.#baselineBefore = this.#baselineBefore;
    copy.#baseline = this.#baseline;
    copy.#candidate = this.#candidate;
    return copy;
  }

  /** Beside the candidate; before the candidate has any unit, all there is, so that its missing labels are noticed. */
  get baseline(): ArmCounts {
    return this.#candidate.n === 0 ? this.#baselineBefore : this.#baseline;
  }

  get candidate(): ArmCounts {
    return this.#candidate;
  }

  /** ln of the harm e-value now. */
  get logE(): number {
    return conditionalLogE(this.#harm);
  }

  /** ln of the promotion e-value now. */
  get promotionLogE(): number {
    return marginLogE(this.#promotion.values());
  }

  /** Candidate minus baseline failure rate within strata; 0 before any block has both arms. */
  get difference(): number {
    return mantelHaenszelRates(this.#rates)?.difference ?? 0;
  }

  oddsRatioInterval(): Interval {
    return this.#oddsRatio.interval(1 - SHOWN_LEVEL);
  }

  /**
   * The odds ratio's interval as a difference of failure rates at the observed baseline rate. Contains the estimate,
   * whose weights over strata are not quite those of the odds ratio.
   */
  differenceInterval(): Interval {
    const rates = mantelHaenszelRates(this.#rates);
    if (rates === null) return { lower: -1, upper: 1 };
    const baselineRate = rates.baseline > 0 ? rates.baseline : 0.5 / (this.#baseline.n + 1);
    const oddsRatio = this.#oddsRatio.interval(ODDS_RATIO_ALPHA);
    const candidateRate = proportionConfidenceSequence(this.#candidate, CANDIDATE_RATE_ALPHA);
    const upper = Number.isFinite(oddsRatio.upper)
      ? riskDifferenceAt(baselineRate, oddsRatio.upper)
      : candidateRate.upper - baselineRate;
    return {
      lower: Math.min(rates.difference, riskDifferenceAt(baselineRate, oddsRatio.lower)),
      upper: Math.max(rates.difference, upper),
    };
  }
}

/** A failure rate with its confidence sequence; the interval of an empty arm is everything. */
export function estimateOf(counts: ArmCounts): Estimate {
  const { n, failures } = counts;
  const interval = proportionConfidenceSequence(counts, 1 - SHOWN_LEVEL);
  return { n, failures, rate: n === 0 ? 0 : failures / n, ...interval };
}

function addCounts(a: ArmCounts, b: ArmCounts): ArmCounts {
  return { n: a.n + b.n, failures: a.failures + b.failures, scoreSum: a.scoreSum + b.scoreSum };
}
