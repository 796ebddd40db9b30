import { setTimeout } from 'node:timers/promises';
import {
  DETECTORS,
  TWO_SIDED_DETECTORS,
  WATCHES,
  type Watch,
  type WatchContext,
  type WatchedMetric,
} from '../../../detectors/index.js';
import type { ActionDesk } from '../../actions/index.js';
import { isGone } from '../../incidents/index.js';
import { type Clock, errorMessage, type FindingDraft } from '../../model/index.js';
import type { Database } from '../../store/index.js';
import { type KnownVector, knownVectors } from '../../store/queries/cells.js';
import type { ClosePass } from '../closer.js';
import type { Follower } from '../follower.js';
import { FactReader } from './facts.js';
import { OpenFindings } from './open-findings.js';
import { QuietTargets } from './quiet-targets.js';
import { createToolComparison } from './tool-comparison.js';

/** A target or vector that was not seen for this long is not looked at. */
const LIVE_MS = 86_400_000;

/** A run of the evaluation waits this long for looks; then it goes on beside them: buckets want to be closed. */
const PATIENCE_MS = 1000;

/** A watch that is dear looks less often: at most this part of the time is spent on it… */
const MAX_BUSY_PART = 0.05;
/** …but never less often than this. */
const MAX_PAUSE_MS = 600_000;

export interface WatchHostParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly desk: Pick<ActionDesk, 'report' | 'conclude'>;
  /** Something that people look at has changed. */
  readonly onChange: (topics: readonly 'incidents'[]) => void;
  /** All of {@link WATCHES} when absent. */
  readonly watches?: readonly Watch[];
  /** Calls that one statement looks at one by one; of more, a sample of the sessions. */
  readonly maxCallsAtOnce?: number;
}

/** How one watch is doing. */
export interface WatchStatus {
  readonly name: string;
  /** Milliseconds since the Unix epoch; `null` before its first look. */
  readonly lastLookAt: number | null;
  readonly tookMs: number;
  /** Empty when the last look had no problem. */
  readonly lastError: string;
}

/**
 * Lets each watch look when its time has come. A watch that fails is named in the status and does not keep others from
 * looking; what it found before is neither ended nor found anew by that.
 */
export class WatchHost implements Follower {
  readonly name = 'watches';
  readonly #parts: WatchHostParts;
  readonly #watches: readonly Watch[];
  readonly #facts: FactReader;
  readonly #quiet = new QuietTargets();
  readonly #metrics = watchedMetrics();
  readonly #breakingToolChanges = createToolComparison();
  readonly #status = new Map<string, WatchStatus>();
  readonly #notBefore = new Map<string, number>();
  #running: Promise<void> | null = null;
  /** What kept all watches from looking; a single one's is in its status. */
  #problem = '';
  #isClosed = false;

  constructor(parts: WatchHostParts) {
    this.#parts = parts;
    this.#watches = parts.watches ?? WATCHES;
    this.#facts = new FactReader(parts.database, parts.maxCallsAtOnce);
  }

  get status(): readonly WatchStatus[] {
    return this.#watches.map(
      ({ name }) => this.#status.get(name) ?? { name, lastLookAt: null, tookMs: 0, lastError: '' },
    );
  }

  /**
   * Lets the watches look whose time has come, and waits for them a little: a long look goes on while buckets are closed.
   * @returns is there more to wait for?
   * @throws Error naming the watches that cannot look, after all others have looked
   */
  async follow({ closedUntil }: Pick<ClosePass, 'closedUntil'>): Promise<boolean> {
    this.#running ??= this.#run(closedUntil)
      .then(
        () => '',
        (error: unknown) => errorMessage(error),
      )
      .then((problem) => {
        this.#problem = problem;
        this.#running = null;
      });
    await Promise.race([this.#running, setTimeout(PATIENCE_MS, undefined, { ref: false })]);
    if (this.#running !== null) return true;
    const ofWatches = this.status.flatMap(({ name, lastError }) => (lastError === '' ? [] : [`${name}: ${lastError}`]));
    const problems = [...(this.#problem === '' ? [] : [this.#problem]), ...ofWatches];
    if (problems.length > 0) throw new Error(problems.join('; '));
    return false;
  }

  /** Waits for the look that is under way; no watch begins another. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  async #run(closedUntil: number): Promise<void> {
    const { clock, database } = this.#parts;
    const started = clock.now();
    // Whoever waited longest looks first.
    const due = this.#watches
      .filter(({ name }) => (this.#notBefore.get(name) ?? 0) <= started)
      .sort((a, b) => (this.#notBefore.get(a.name) ?? 0) - (this.#notBefore.get(b.name) ?? 0));
    if (due.length === 0) return;
    const vectors = (await knownVectors(database)).filter(({ lastSeen }) => started - lastSeen <= LIVE_MS);
    const open = new OpenFindings(database, due);
    const known = { started, vectors, byTarget: groupByTarget(vectors), until: closedUntil, open };
    const live = new Set(known.byTarget.keys());
    try {
      for (const watch of due) if (!this.#isClosed) await this.#look(watch, known);
    } finally {
      this.#facts.endRun(live);
      this.#quiet.forgetAllBut(live);
    }
  }

  /** Watches that look at the same pace look together, so that what several of them ask is asked once. */
  async #look(watch: Watch, known: KnownToAll): Promise<void> {
    const { clock } = this.#parts;
    const startedAt = clock.now();
    const lastError = await this.#tryLook(watch, known).then(
      () => '',
      (error: unknown) => errorMessage(error),
    );
    const tookMs = clock.now() - startedAt;
    const pause = Math.min(MAX_PAUSE_MS, Math.max(watch.everySeconds * 1000, tookMs * (1 / MAX_BUSY_PART - 1)));
    this.#notBefore.set(watch.name, known.started + pause);
    this.#status.set(watch.name, { name: watch.name, lastLookAt: startedAt, tookMs, lastError });
  }

  async #tryLook(watch: Watch, known: KnownToAll): Promise<void> {
    const { clock, desk, onChange } = this.#parts;
    const { until } = known;
    const now = clock.now();
    const contexts = this.#contextsFor(watch, known, now);
    if (contexts.size === 0) return;
    const { ongoing, openSince } = await known.open.of(watch);
    const facts = await this.#facts.read({ watch, contexts, until, openSince });
    const drafts: FindingDraft[] = [];
    const looked = new Set(contexts.keys());
    const problems: string[] = [];
    for (const [targetId, context] of contexts) {
      try {
        const { rows, oneIn } = facts.get(targetId) ?? { rows: {}, oneIn: 1 };
        drafts.push(...watch.judge(rows, { ...context, oneIn }));
      } catch (error) {
        looked.delete(targetId);
        problems.push(`target ${targetId}: ${errorMessage(error)}`);
      }
    }
    if (drafts.length > 0) await desk.report(drafts, now);
    const look = { detector: watch.name, targetIds: looked, holdSeconds: watch.holdSeconds };
    // What began or was confirmed since it was read is not over yet.
    const mayEnd = ongoing.some((one) => looked.has(one.targetId) && isGone(one, watch.holdSeconds, now));
    const ended = mayEnd && (await desk.conclude(look, now));
    this.#quiet.lookedAt(watch.name, looked, { at: now, until });
    if (drafts.length > 0 || ended) onChange(['incidents']);
    if (problems.length > 0) throw new Error(problems.join('; '));
  }

  /** What is known of each target that it looks at now; quiet ones can wait. */
  #contextsFor(watch: Watch, { byTarget, vectors, until }: KnownToAll, now: number): Map<string, WatchContext> {
    const around = { now, until, metrics: this.#metrics, breakingToolChanges: this.#breakingToolChanges, oneIn: 1 };
    const inAll = { liveTargets: byTarget.size, liveVectors: vectors.length };
    const contexts = new Map<string, WatchContext>();
    for (const [targetId, own] of byTarget) {
      const [first] = own;
      if (!first || this.#quiet.isQuiet(watch.name, targetId, own, now)) continue;
      const { service, environment, operation } = first;
      const target = { service, environment, operation };
      contexts.set(targetId, { targetId, target, vectors: own, ...around, ...inAll });
    }
    return contexts;
  }
}

/** What is read once for all watches whose time has come. */
interface KnownToAll {
  /** When the run began (ms). */
  readonly started: number;
  readonly vectors: readonly KnownVector[];
  readonly byTarget: ReadonlyMap<string, readonly KnownVector[]>;
  /** Unix seconds. */
  readonly until: number;
  readonly open: OpenFindings;
}

/** A move that a gate would not act on is not worth a finding either. */
const DEFAULT_FLOOR = 0.01;

function watchedMetrics(): readonly WatchedMetric[] {
  return DETECTORS.flatMap(({ name, metrics, defaults }) =>
    metrics.map((metric) => ({
      metric,
      twoSided: TWO_SIDED_DETECTORS.includes(name),
      floor: defaults[metric.name]?.harmFloor ?? DEFAULT_FLOOR,
    })),
  );
}

function groupByTarget(vectors: readonly KnownVector[]): ReadonlyMap<string, KnownVector[]> {
  const groups = new Map<string, KnownVector[]>();
  for (const vector of vectors) groups.set(vector.targetId, [...(groups.get(vector.targetId) ?? []), vector]);
  return groups;
}
