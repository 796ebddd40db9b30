import { DETECTORS, TRAFFIC_METRIC } from '../../../detectors/index.js';
import { BUCKET_SECONDS, bucketOf, type Rollout } from '../../model/index.js';
import { type ArmOfVector, armsOf, type Measure, type RolloutStanding } from '../../rollouts/index.js';
import type { Database } from '../../store/index.js';
import {
  type CellsQuestion,
  knownVectors,
  type StoredCell,
  storedCells,
  storedSessionCells,
} from '../../store/queries/cells.js';
import type { ClosedBucket, ClosesQuestion } from '../../store/queries/closes.js';
import { type CellSource, type Follower, storedSource } from './cell-source.js';
import { MetricGroup } from './metric-group.js';
import { SeenCloses } from './seen-closes.js';

/** Cells from this long before a rollout teach the baseline's rate. */
export const BASELINE_SECONDS = 3600;

/** Cells are read in parts of about this many, so that a replay of days needs little memory and lets others work. */
const WANTED_CELLS = 8000;
const FIRST_PART_SECONDS = 600;

/** Changed buckets that are asked for in one statement. */
const MAX_BUCKETS_AT_ONCE = 360;

/** A bucket whose counts are not all there yet is waited for in so many looks. */
const PATIENT_LOOKS = 20;

const METRICS = DETECTORS.flatMap(({ metrics }) => metrics);
const METRIC_ORDER = new Map(METRICS.map(({ name }, index) => [name, index]));

/**
 * How a running rollout stands, kept up to date bucket by bucket. Nothing in it is the only copy of anything: it is a
 * function of the published cells, and {@link refresh} brings it to where a straight replay of them would be, whatever was
 * closed again since the last time, by whichever process.
 */
export class RolloutLedger implements Follower {
  readonly #rollout: Rollout;
  readonly #since: number;
  readonly #groups: readonly MetricGroup[];
  readonly #seen = new SeenCloses();
  readonly #waitedFor = new Map<number, number>();
  #vectors: ReadonlySet<string> = new Set();
  #arms: ReadonlyMap<string, ArmOfVector> = new Map();
  /** Do sessions count as units here, and were there any yet? */
  #hasSessions = false;
  #newest = Number.NEGATIVE_INFINITY;
  /** Where every group was when the last refresh ended. */
  #reached = Number.NEGATIVE_INFINITY;
  #folded = 0;

  constructor(rollout: Rollout, measure: Measure) {
    this.#rollout = rollout;
    this.#since = bucketOf(rollout.startedAt / 1000 - BASELINE_SECONDS);
    this.#groups = groupsOf().map((metrics) => new MetricGroup(rollout, metrics, this.#since, measure));
  }

  /**
   * Takes in what was closed since the last time. Reads the closes since then, the cells of their buckets, and of metrics that
   * changed in the past all cells from there on.
   * @param source where what is new may have been read already
   * @returns buckets that were folded, over all groups
   */
  async refresh(database: Database, source: CellSource = storedSource(database)): Promise<number> {
    const closes = await source.closes(this.question);
    const changed = closes.filter((close) => this.isNew(close));
    if (changed.length === 0) return 0;
    for (const { bucket } of changed) this.#newest = Math.max(this.#newest, bucket);
    this.#hasSessions ||= this.#rollout.policy.unit === 'session' && changed.some(({ withSessions }) => withSessions);
    const unready = new Set<number>();
    const before = this.#folded;
    const fresh = await this.#goBack(database, source, changed, unready);
    if (fresh === null) await this.#goOn(database, changed, unready);
    else this.#add([...fresh], changed, unready);
    this.#reached = Math.min(...this.#groups.map(({ position }) => position));
    this.#seen.add(closes.filter(({ bucket }) => !unready.has(bucket)));
    return this.#folded - before;
  }

  /** Which closes may be new. */
  get question(): ClosesQuestion {
    return { targetId: this.#rollout.targetId, since: this.#since, afterRevision: this.#seen.askAfter };
  }

  isNew(close: ClosedBucket): boolean {
    return this.#seen.isNew(close);
  }

  standing(): RolloutStanding {
    const standings = this.#groups.map(({ fold }) => fold.standings());
    const traffic = this.#groups.find(({ metrics }) => metrics.has(TRAFFIC_METRIC))?.fold.traffic;
    if (traffic === undefined) throw new Error(`no metric is called ${TRAFFIC_METRIC}`);
    const place = (metric: string): number => METRIC_ORDER.get(metric) ?? METRIC_ORDER.size;
    return {
      evaluations: standings
        .flatMap(({ evaluations }) => evaluations)
        .sort((a, b) => place(a.metric) - place(b.metric)),
      problems: standings.flatMap(({ problems }) => problems),
      strata: traffic.strata,
      observed: traffic.observed,
      candidateSince: traffic.candidateSince,
    };
  }

  /** States that are held in memory, over all groups. */
  get size(): number {
    return this.#groups.reduce((sum, group) => sum + group.size, 0);
  }

  /**
   * Takes every group back to before the first bucket in which its counts are others now.
   * @returns the cells of the buckets that are new, if nothing else is to be read; else `null`
   */
  async #goBack(
    database: Database,
    source: CellSource,
    changed: readonly ClosedBucket[],
    unready: Set<number>,
  ): Promise<ReadonlyMap<number, readonly StoredCell[]> | null> {
    const isOld = ({ bucket }: ClosedBucket): boolean => this.#groups.some(({ position }) => bucket <= position);
    const fresh = changed.filter((close) => !isOld(close));
    const isShort = fresh.length <= MAX_BUCKETS_AT_ONCE;
    const asked = isShort ? changed : changed.filter(isOld);
    const read = new Map<number, readonly StoredCell[]>();
    for (let from = 0; from < asked.length; from += MAX_BUCKETS_AT_ONCE) {
      const closes = asked.slice(from, from + MAX_BUCKETS_AT_ONCE);
      const cells = await this.#cellsOfCloses(source, closes);
      await this.#learnVectors(database, cells);
      const buckets = byBucket(cells);
      for (const close of closes) {
        const own = buckets.get(close.bucket) ?? [];
        if (fresh.includes(close)) read.set(close.bucket, own);
        else if (!this.#isReady(close, own)) unready.add(close.bucket);
        else for (const group of this.#groups) if (group.differs(close.bucket, own)) group.rewind(close.bucket);
      }
    }
    const isEven = this.#groups.every(({ position }) => position === this.#reached);
    return isShort && isEven ? read : null;
  }

  /** Takes every group on to the newest bucket, or to the first that is not ready. */
  async #goOn(database: Database, changed: readonly ClosedBucket[], unready: Set<number>): Promise<void> {
    let seconds = FIRST_PART_SECONDS;
    let from = this.#behind();
    while (from <= this.#newest) {
      const until = from + seconds;
      const groups = this.#groups.filter(({ position }) => position < until - BUCKET_SECONDS);
      const metrics = groups.flatMap((group) => [...group.metrics]);
      const cells = await this.#cells(database, { since: from, until, metrics });
      await this.#learnVectors(database, cells);
      const checked = metrics.includes(TRAFFIC_METRIC) ? changed : [];
      if (!this.#add([...byBucket(cells)], checked, unready)) return;
      from = until;
      seconds = nextPart(seconds, cells.length);
    }
    // What has no cells up to here has nothing to go back to.
    for (const group of this.#groups)
      if (group.position < this.#newest) group.add(this.#newest, this.#newest, [], this.#arms);
  }

  /**
   * Adds buckets to the groups that have not taken them in; one that is not ready, and all later ones, wait.
   * @returns whether none had to
   */
  #add(
    buckets: readonly (readonly [number, readonly StoredCell[]])[],
    changed: readonly ClosedBucket[],
    unready: Set<number>,
  ): boolean {
    const closes = new Map(changed.map((close) => [close.bucket, close]));
    for (const [bucket, cells] of buckets) {
      const close = closes.get(bucket);
      if (close !== undefined && !this.#isReady(close, cells)) {
        for (const later of closes.keys()) if (later >= bucket) unready.add(later);
        return false;
      }
      for (const group of this.#groups) {
        if (group.position >= bucket) continue;
        group.add(bucket, this.#newest, cells, this.#arms);
        this.#folded++;
      }
    }
    return true;
  }

  /** First bucket that some group has not taken in. */
  #behind(): number {
    const positions = this.#groups.map(({ position }) => position);
    return Math.max(this.#since, Math.min(...positions) + BUCKET_SECONDS);
  }

  /**
   * Are all counts of the bucket there? While two processes close it at once, the engine may have dropped rows of the published
   * revision in favour of one that is published a moment later.
   */
  #isReady({ bucket, generations }: ClosedBucket, cells: readonly StoredCell[]): boolean {
    const calls = cells.filter(({ metric, progress }) => metric === TRAFFIC_METRIC && progress === undefined);
    const counted = calls.reduce((sum, { n }) => sum + n, 0);
    const isWhole = counted >= generations && cells.every(({ vectorId }) => this.#isKnown(vectorId));
    const waited = this.#waitedFor.get(bucket) ?? 0;
    if (isWhole || waited >= PATIENT_LOOKS) {
      this.#waitedFor.delete(bucket);
      return true;
    }
    this.#waitedFor.set(bucket, waited + 1);
    return false;
  }

  async #cells(database: Database, question: Omit<CellsQuestion, 'targetId'>): Promise<StoredCell[]> {
    const asked = { ...question, targetId: this.#rollout.targetId };
    const cells = await storedCells(database, asked);
    if (!this.#hasSessions) return cells;
    const both = [...cells, ...(await storedSessionCells(database, asked))];
    return both.sort((a, b) => a.bucket - b.bucket);
  }

  /** Of exactly these closes: later ones are for the next look. */
  async #cellsOfCloses(source: CellSource, closes: readonly ClosedBucket[]): Promise<readonly StoredCell[]> {
    const cells = await source.cells(closes);
    return this.#hasSessions ? cells : cells.filter(({ progress }) => progress === undefined);
  }

  #isKnown(vectorId: string): boolean {
    return this.#vectors.size === 0 || this.#vectors.has(vectorId);
  }

  async #learnVectors(database: Database, cells: readonly StoredCell[]): Promise<void> {
    if (cells.every(({ vectorId }) => this.#vectors.has(vectorId))) return;
    const vectors = await knownVectors(database, this.#rollout.targetId);
    this.#vectors = new Set(vectors.map(({ vectorId }) => vectorId));
    this.#arms = armsOf(this.#rollout, vectors);
  }
}

/** Metrics that read calls alone are one group; each that reads outcomes is one by itself. */
function groupsOf(): ReadonlySet<string>[] {
  const names = (metrics: typeof METRICS): Set<string> => new Set(metrics.map(({ name }) => name));
  const late = METRICS.filter(({ readsOutcomes }) => readsOutcomes === true);
  return [names(METRICS.filter((metric) => !late.includes(metric))), ...late.map((metric) => names([metric]))];
}

/** In bucket order, as the cells are. */
function byBucket(cells: readonly StoredCell[]): Map<number, StoredCell[]> {
  const buckets = new Map<number, StoredCell[]>();
  for (const cell of cells) {
    const known = buckets.get(cell.bucket);
    if (known) known.push(cell);
    else buckets.set(cell.bucket, [cell]);
  }
  return buckets;
}

function nextPart(seconds: number, cells: number): number {
  if (cells > 2 * WANTED_CELLS) return Math.max(BUCKET_SECONDS, bucketOf(seconds / 2));
  return cells < WANTED_CELLS / 2 ? seconds * 2 : seconds;
}
