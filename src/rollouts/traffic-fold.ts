import { type Block, BUCKET_SECONDS, bucketOf, type Cell, type Rollout } from '../model/index.js';
import type { ArmOfVector } from './arms.js';
import { type ObservedShare, SHARE_SECONDS } from './stage.js';
import type { StratumTraffic } from './strata.js';

interface ArmUnits {
  readonly baselineUnits: number;
  readonly candidateUnits: number;
}

interface BucketTraffic {
  readonly bucket: number;
  readonly generations: number;
  readonly candidate: number;
}

/** A rollout's traffic while its buckets come in: the share of the newest minute, and the units of each stratum. */
export class TrafficFold {
  readonly #rollout: Rollout;
  /** Newest minute, oldest first; replaced, never changed. */
  #newest: readonly BucketTraffic[] = [];
  #lastBucket: number | null = null;
  #candidateSince: number | null = null;
  #strata: ReadonlyMap<string, ArmUnits> = new Map();

  constructor(rollout: Rollout) {
    this.#rollout = rollout;
  }

  /**
   * @param cells of this bucket and of the metric whose units are all generations, of all vectors of the target
   * @param blocks the same cells, sorted into arms and strata
   */
  add(bucket: number, cells: readonly Cell[], blocks: readonly Block[], arms: ReadonlyMap<string, ArmOfVector>): void {
    const serving = cells.filter((cell) => cell.targetId === this.#rollout.targetId && cell.arm !== 'shadow');
    if (serving.length === 0) return;
    const isCandidate = ({ vectorId }: Cell): boolean => arms.get(vectorId)?.arm === 'candidate';
    const generations = sumOf(serving);
    const candidate = sumOf(serving.filter(isCandidate));
    this.#lastBucket = bucket;
    this.#newest = [...this.#newest, { bucket, generations, candidate }].filter(
      (traffic) => traffic.bucket > bucket - SHARE_SECONDS,
    );
    if (this.#candidateSince === null && blocks.some((block) => block.candidate.n > 0)) this.#candidateSince = bucket;
    if (this.#candidateSince !== null) this.#addStrata(blocks);
  }

  #addStrata(blocks: readonly Block[]): void {
    const strata = new Map(this.#strata);
    for (const { stratum, baseline, candidate } of blocks) {
      const before = strata.get(stratum) ?? { baselineUnits: 0, candidateUnits: 0 };
      strata.set(stratum, {
        baselineUnits: before.baselineUnits + baseline.n,
        candidateUnits: before.candidateUnits + candidate.n,
      });
    }
    this.#strata = strata;
  }

  /** A copy that goes its own way. */
  clone(): TrafficFold {
    const copy = new TrafficFold(this.#rollout);
    copy.#newest = this.#newest;
    copy.#lastBucket = this.#lastBucket;
    copy.#candidateSince = this.#candidateSince;
    copy.#strata = this.#strata;
    return copy;
  }

  /** First bucket of the rollout in which the candidate served; `null` before it did. */
  get candidateSince(): number | null {
    return this.#candidateSince;
  }

  get observed(): ObservedShare {
    // Not before the rollout began: half a minute of a 10 % canary is no 5 % canary.
    const start = bucketOf(this.#rollout.startedAt / 1000);
    const newest = this.#newest.filter(({ bucket }) => bucket >= start);
    const generations = newest.reduce((sum, traffic) => sum + traffic.generations, 0);
    const candidate = newest.reduce((sum, traffic) => sum + traffic.candidate, 0);
    return {
      share: generations === 0 ? 0 : candidate / generations,
      generations,
      lastTrafficAt: this.#lastBucket === null ? null : (this.#lastBucket + BUCKET_SECONDS) * 1000,
    };
  }

  /** Since the candidate appeared. */
  get strata(): StratumTraffic[] {
    const total = [...this.#strata.values()].reduce((sum, { baselineUnits }) => sum + baselineUnits, 0);
    return [...this.#strata].map(([stratum, units]) => ({
      stratum,
      ...units,
      baselineShare: total === 0 ? 0 : units.baselineUnits / total,
    }));
  }
}

function sumOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { n }) => sum + n, 0);
}
