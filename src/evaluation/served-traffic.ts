import { LRUCache } from 'lru-cache';
import { TRAFFIC_METRIC } from '../../detectors/index.js';
import type { Database } from '../store/index.js';
import { type ServedGenerations, type StoredCell, servedGenerations } from '../store/queries/cells.js';
import { type ClosedBucket, closedBuckets } from '../store/queries/closes.js';
import { type CellSource, type Follower, storedSource } from './ledger/cell-source.js';
import { SeenCloses } from './ledger/seen-closes.js';

/** Counts that are held, of a hundred bytes or so each; targets that were not looked at for longest are read anew. */
const MAX_COUNTS = 300_000;

/** From when on (Unix seconds) the traffic of targets is asked for. */
export type Since = ReadonlyMap<string, number>;

/** What each vector of a target served lately, kept up to date bucket by bucket. */
export class ServedTraffic {
  readonly #database: Database;
  readonly #targets = new LRUCache<string, TargetTraffic>({
    maxSize: MAX_COUNTS,
    sizeCalculation: (traffic) => Math.min(MAX_COUNTS, traffic.size + 1),
  });

  constructor(database: Database) {
    this.#database = database;
  }

  /** Whoever follows these targets already. */
  followers(since: Since): Follower[] {
    return [...this.#held(since).values()];
  }

  /** @param source where what is new was read ahead for the {@link followers} */
  async of(
    since: Since,
    source: CellSource = storedSource(this.#database),
  ): Promise<ReadonlyMap<string, readonly ServedGenerations[]>> {
    const known = this.#held(since);
    for (const [targetId, traffic] of known) await traffic.refresh(source, since.get(targetId) ?? traffic.since);
    const read = await this.#readWhole(new Map([...since].filter(([targetId]) => !known.has(targetId))));
    const all = [...known, ...read];
    for (const [targetId, traffic] of all) this.#targets.set(targetId, traffic);
    return new Map(all.map(([targetId, traffic]) => [targetId, traffic.counts()]));
  }

  #held(since: Since): Map<string, TargetTraffic> {
    const held = new Map<string, TargetTraffic>();
    for (const [targetId, from] of since) {
      const traffic = this.#targets.peek(targetId);
      if (traffic !== undefined && traffic.since <= from) held.set(targetId, traffic);
    }
    return held;
  }

  async #readWhole(unknown: Since): Promise<Map<string, TargetTraffic>> {
    if (unknown.size === 0) return new Map();
    // Closes first: what is closed while the counts are read is news.
    const questions = [...unknown].map(([targetId, since]) => ({ targetId, since, afterRevision: 0 }));
    const closes = await closedBuckets(this.#database, ...questions);
    const since = Math.min(...unknown.values());
    const targetIds = [...unknown.keys()];
    const counts = await servedGenerations(this.#database, { targetIds, since, metric: TRAFFIC_METRIC });
    return new Map(
      [...unknown].map(([targetId, from]) => {
        const isOwn = (row: { readonly targetId: string }): boolean => row.targetId === targetId;
        return [targetId, new TargetTraffic(targetId, from, closes.filter(isOwn), counts.filter(isOwn))];
      }),
    );
  }
}

class TargetTraffic implements Follower {
  readonly metric = TRAFFIC_METRIC;
  readonly #targetId: string;
  #since: number;
  readonly #seen = new SeenCloses();
  readonly #buckets = new Map<number, readonly ServedGenerations[]>();
  #size = 0;

  constructor(targetId: string, since: number, closes: readonly ClosedBucket[], counts: readonly ServedGenerations[]) {
    this.#targetId = targetId;
    this.#since = since;
    this.#seen.add(closes);
    for (const one of counts) this.#set(one.bucket, [...(this.#buckets.get(one.bucket) ?? []), one]);
  }

  get since(): number {
    return this.#since;
  }

  /** Counts that are held. */
  get size(): number {
    return this.#size;
  }

  get question() {
    return { targetId: this.#targetId, since: this.#since, afterRevision: this.#seen.askAfter };
  }

  isNew(close: ClosedBucket): boolean {
    return this.#seen.isNew(close);
  }

  /** In bucket order. */
  counts(): ServedGenerations[] {
    return [...this.#buckets.values()].flat().sort((a, b) => a.bucket - b.bucket);
  }

  async refresh(source: CellSource, since: number): Promise<void> {
    const closes = (await source.closes(this.question)).filter((close) => this.isNew(close));
    const cells = closes.length === 0 ? [] : await source.cells(closes, this.metric);
    for (const close of closes) {
      const own = cells.filter(({ bucket, progress }) => bucket === close.bucket && progress === undefined);
      // Two processes that close a bucket at once may leave it without counts for a moment: it is asked for again.
      if (own.reduce((sum, { n }) => sum + n, 0) < close.generations) continue;
      this.#set(close.bucket, served(own));
      this.#seen.add([close]);
    }
    this.#since = since;
    for (const bucket of this.#buckets.keys()) if (bucket < since) this.#set(bucket, []);
  }

  #set(bucket: number, counts: readonly ServedGenerations[]): void {
    this.#size += counts.length - (this.#buckets.get(bucket)?.length ?? 0);
    if (counts.length > 0) this.#buckets.set(bucket, counts);
    else this.#buckets.delete(bucket);
  }
}

/** Shadow calls serve nobody. */
function served(cells: readonly StoredCell[]): ServedGenerations[] {
  const byVector = new Map<string, ServedGenerations>();
  for (const { targetId, vectorId, bucket, arm, n } of cells)
    if (arm !== 'shadow')
      byVector.set(vectorId, { targetId, vectorId, bucket, n: n + (byVector.get(vectorId)?.n ?? 0) });
  return [...byVector.values()];
}
