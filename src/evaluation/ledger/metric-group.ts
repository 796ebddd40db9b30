import type { Rollout } from '../../model/index.js';
import { type ArmOfVector, type Measure, RolloutFold } from '../../rollouts/index.js';
import type { StoredCell } from '../../store/queries/cells.js';
import { BucketDigests } from './bucket-digests.js';
import { Timeline } from './timeline.js';

/**
 * Metrics of a rollout that are counted from the same rows and therefore change together: when an outcome comes, those
 * that read no outcomes stay where they are.
 */
export class MetricGroup {
  readonly metrics: ReadonlySet<string>;
  readonly #timeline: Timeline<RolloutFold>;
  readonly #digests: BucketDigests;

  /** @param since first bucket that is read for the rollout */
  constructor(rollout: Rollout, metrics: ReadonlySet<string>, since: number, measure: Measure) {
    this.metrics = metrics;
    this.#timeline = new Timeline(() => RolloutFold.start(rollout, metrics, measure));
    this.#digests = new BucketDigests(since);
  }

  /** The newest bucket that the group has taken in. */
  get position(): number {
    return this.#timeline.position;
  }

  get fold(): RolloutFold {
    return this.#timeline.state;
  }

  /** States that are held. */
  get size(): number {
    return this.#timeline.size;
  }

  /** @param cells of this bucket, of any metrics */
  add(bucket: number, end: number, cells: readonly StoredCell[], arms: ReadonlyMap<string, ArmOfVector>): void {
    const own = this.#own(cells);
    this.#digests.set(bucket, digestOf(own));
    this.#timeline.advance(bucket, end, (fold) => fold.add(bucket, own, arms));
  }

  /** Has the group counted something else in this bucket than what is in the store now? */
  differs(bucket: number, cells: readonly StoredCell[]): boolean {
    return bucket <= this.position && this.#digests.get(bucket) !== digestOf(this.#own(cells));
  }

  /** Goes back to before a bucket. */
  rewind(bucket: number): void {
    this.#timeline.rewind(bucket);
  }

  #own(cells: readonly StoredCell[]): readonly StoredCell[] {
    return cells.filter(({ metric }) => this.metrics.has(metric));
  }
}

function digestOf(cells: readonly StoredCell[]): number {
  return cells.reduce((digest, cell) => (digest ^ cell.digest) >>> 0, 0);
}
