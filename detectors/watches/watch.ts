import type { FindingDraft, Metric, SeenVector, Surface, TargetKey, VersionSource } from '../../src/model/index.js';

/** A target that was not called since a watch looked at it is looked at this often: for what leaves a window, and for late rows. */
export const QUIET_LOOK_SECONDS = 300;

/** A row as the engine gives it. Declare rows as types, not interfaces, so that they are also rows of this kind. */
export type FactRow = Readonly<Record<string, unknown>>;

/** A version vector of a target, how its versions are known, and when it was seen (ms). */
export interface WatchedVector extends SeenVector {
  readonly sources: Readonly<Record<Surface, VersionSource>>;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** A metric that is counted in cells, and whether a fall of its rate is news as much as a rise. */
export interface WatchedMetric {
  readonly metric: Metric;
  readonly twoSided: boolean;
  /** Moves up to this are nobody's business (a proportion). */
  readonly floor: number;
}

/**
 * What a watch asks the engine: one SELECT, source text, never built from input. Its parameters are `{targets:Array(String)}`,
 * `{since:Int64}` and `{until:Int64}` (Unix seconds), and `{every:UInt32}` where it looks at one in so many sessions when calls
 * are too many; every row has a `targetId`.
 */
export interface Fact<Facts = Readonly<Record<string, readonly FactRow[]>>> {
  readonly sql: string;
  /** How long before its end it begins. */
  readonly lookbackSeconds: number;
  /** How long before now it ends; 0 when absent. */
  readonly endsSecondsAgo?: number;
  /** An answer is good for this long; when absent it is asked for at every look. */
  readonly goodForSeconds?: number;
  /** While a finding of this watch on the target is open, the answer is that from before it: no drift teaches the reference. */
  readonly frozenByFindings?: boolean;
  /**
   * Can the answer matter for this target? Where it cannot, it is not asked, and the target has no rows. Facts are read in their
   * order: those before it are known. Must follow from what is on record, not from who asks.
   */
  isNeeded?(facts: Partial<Facts>, context: WatchContext): boolean;
}

/** What is known beside the facts when a watch looks at one target. */
export interface WatchContext {
  readonly targetId: string;
  readonly target: TargetKey;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Every bucket that ends at or before this second (Unix) is closed. */
  readonly until: number;
  /** Those of the target that were live in the last day. */
  readonly vectors: readonly WatchedVector[];
  readonly metrics: readonly WatchedMetric[];
  /** What breaks calls that were right for the tools before, in sentences; both are canonical JSON of definitions. */
  readonly breakingToolChanges: (before: string, now: string) => readonly string[];
  /** Of the calls that a fact reads one by one, those of one in so many sessions were looked at; 1 for all. */
  readonly oneIn: number;
  /** Over all targets, for budgets: targets and vectors that were live in the last day. */
  readonly liveTargets: number;
  readonly liveVectors: number;
}

/**
 * Looks at a target outside of one rollout's comparison. Pure: the host asks its facts and takes its answer, which must not
 * depend on how often, or by how many processes, it is asked.
 */
export interface Watch<
  Facts extends Readonly<Record<string, readonly FactRow[]>> = Record<string, readonly FactRow[]>,
> {
  /** The `detector` of its findings. */
  readonly name: string;
  /** The question it answers, as a person would ask it. */
  readonly question: string;
  /** How often it looks at a target that is called; see {@link QUIET_LOOK_SECONDS} for one that is not. */
  readonly everySeconds: number;
  /** A finding that was not seen for this long is over. */
  readonly holdSeconds: number;
  readonly facts: { readonly [Name in keyof Facts]: Fact<Facts> };
  /** @param facts rows of this target only */
  judge(facts: Facts, context: WatchContext): readonly FindingDraft[];
}
