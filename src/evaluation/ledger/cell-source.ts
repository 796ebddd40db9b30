import type { Database } from '../../store/index.js';
import { cellsOfCloses, closeKey, type StoredCell } from '../../store/queries/cells.js';
import { type ClosedBucket, type ClosesQuestion, closedBuckets } from '../../store/queries/closes.js';

/** Where those who follow a target's closed buckets learn what is new. */
export interface CellSource {
  closes(question: ClosesQuestion): Promise<readonly ClosedBucket[]>;
  /** What these closes of one target counted, in bucket order; only `metric` if it is given. */
  cells(closes: readonly ClosedBucket[], metric?: string): Promise<readonly StoredCell[]>;
}

/** Asks the store each time. */
export function storedSource(database: Database): CellSource {
  return {
    closes: (question) => closedBuckets(database, question),
    cells: (closes, metric) => cellsOfCloses(database, closes, ...(metric === undefined ? [] : [[metric]])),
  };
}

/** Somebody who has followed a target up to some close. */
export interface Follower {
  readonly question: ClosesQuestion;
  isNew(close: ClosedBucket): boolean;
  /** Needs cells of this metric alone. */
  readonly metric?: string;
}

/** A target with more news than this is read by whoever follows it, in parts. */
const MAX_CLOSES_AHEAD = 60;

/**
 * Reads at once what is new for all followers of several targets: what a statement costs hardly depends on what it finds.
 * Answers from what was read; what it does not cover is asked from the store.
 */
export async function readAhead(database: Database, followers: readonly Follower[]): Promise<CellSource> {
  const stored = storedSource(database);
  if (followers.length === 0) return stored;
  const questions = mergedQuestions(followers);
  const closes = byTarget(await closedBuckets(database, ...questions.values()));
  const whole = news(
    followers.filter(({ metric }) => metric === undefined),
    closes,
  );
  const isWhole = new Set(whole.map(closeKey));
  const metrics = new Set(followers.flatMap(({ metric }) => metric ?? []));
  const parts = news(followers, closes).filter((close) => !isWhole.has(closeKey(close)));
  const isPart = new Set(parts.map(closeKey));
  const cells = byBucket([
    ...(await cellsOfCloses(database, whole)),
    ...(await cellsOfCloses(database, parts, [...metrics])),
  ]);
  return {
    closes: async (question) => {
      const read = questions.get(question.targetId);
      const isCovered = read && read.since <= question.since && read.afterRevision <= question.afterRevision;
      if (!isCovered) return stored.closes(question);
      return (closes.get(question.targetId) ?? []).filter((close) => isAsked(question, close));
    },
    cells: async (asked, metric) => {
      const isRead = (key: string): boolean =>
        isWhole.has(key) || (metric !== undefined && metrics.has(metric) && isPart.has(key));
      if (!asked.every((close) => isRead(closeKey(close)))) return stored.cells(asked, metric);
      const own = asked.flatMap((close) => cells.get(bucketKey(close)) ?? []).sort((a, b) => a.bucket - b.bucket);
      return metric === undefined ? own : own.filter((cell) => cell.metric === metric);
    },
  };
}

/** One question for each target, wide enough for all of its followers. */
function mergedQuestions(followers: readonly Follower[]): Map<string, ClosesQuestion> {
  const questions = new Map<string, ClosesQuestion>();
  for (const { question } of followers) {
    const known = questions.get(question.targetId) ?? question;
    questions.set(question.targetId, {
      targetId: question.targetId,
      since: Math.min(known.since, question.since),
      afterRevision: Math.min(known.afterRevision, question.afterRevision),
    });
  }
  return questions;
}

function news(followers: readonly Follower[], closes: ReadonlyMap<string, readonly ClosedBucket[]>): ClosedBucket[] {
  const fresh = followers.flatMap((follower) =>
    (closes.get(follower.question.targetId) ?? []).filter(
      (close) => isAsked(follower.question, close) && follower.isNew(close),
    ),
  );
  return [...byTarget(new Set(fresh)).values()].filter((own) => own.length <= MAX_CLOSES_AHEAD).flat();
}

function isAsked({ since, afterRevision }: ClosesQuestion, { bucket, revision }: ClosedBucket): boolean {
  return bucket >= since && revision > Math.max(0, afterRevision);
}

function byTarget(closes: Iterable<ClosedBucket>): Map<string, ClosedBucket[]> {
  return grouped(closes, ({ targetId }) => targetId);
}

function byBucket(cells: readonly StoredCell[]): Map<string, StoredCell[]> {
  return grouped(cells, bucketKey);
}

function bucketKey({ targetId, bucket }: Pick<ClosedBucket, 'targetId' | 'bucket'>): string {
  return `${bucket} ${targetId}`;
}

function grouped<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
