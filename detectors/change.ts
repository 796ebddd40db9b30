import type { Estimate, MetricEvaluation } from '../src/model/index.js';

/** Evidence that something moved one way. */
export interface ChangeEvidence {
  /** Largest ln E so far. */
  readonly maxLogE: number;
  /** First bucket at which evidence, floor and minimum were all met; `null` if never. */
  readonly firedAtBucket: number | null;
}

/** A question about a move in either direction: what was counted, and the evidence each way. */
export interface Change {
  readonly baseline: Estimate;
  readonly candidate: Estimate;
  readonly difference: MetricEvaluation['difference'];
  readonly up: ChangeEvidence;
  readonly down: ChangeEvidence;
  /** ln(2 / (α w)): each direction has half of the metric's share of the budget. */
  readonly logThreshold: number;
}

/** The evidence of one direction while blocks come in. */
export class DirectionWatch {
  readonly #logThreshold: number;
  #maxLogE = 0;
  #firedAtBucket: number | null = null;

  constructor(logThreshold: number) {
    this.#logThreshold = logThreshold;
  }

  /** @param matters whether the move is large and frequent enough to be acted on */
  look(bucket: number, logE: number, matters: boolean): void {
    this.#maxLogE = Math.max(this.#maxLogE, logE);
    if (this.#firedAtBucket === null && matters && this.#maxLogE >= this.#logThreshold) this.#firedAtBucket = bucket;
  }

  /** A copy that goes its own way. */
  clone(): DirectionWatch {
    const copy = new DirectionWatch(this.#logThreshold);
    copy.#maxLogE = this.#maxLogE;
    copy.#firedAtBucket = this.#firedAtBucket;
    return copy;
  }

  get evidence(): ChangeEvidence {
    return { maxLogE: this.#maxLogE, firedAtBucket: this.#firedAtBucket };
  }
}

/**
 * ln of what each direction's evidence must reach.
 * @param alpha the metric's share α w of the false-alarm budget
 */
export function directionThreshold(alpha: number): number {
  return Math.log(2 / alpha);
}
