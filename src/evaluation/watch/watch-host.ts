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
import { type Clock, errorMessage, type Finding, type FindingDraft } from '../../model/index.js';
import type { Database } from '../../store/index.js';
import { type KnownVector, knownVectors } from '../../store/queries/cells.js';
import { ongoingFindings, unresolvedOf } from '../../store/queries/findings.js';
import type { ClosePass } from '../closer.js';
import type { Follower } from '../follower.js';
import { FactReader } from './facts.js';
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
    this.#facts = new FactReader(parts.database);
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
    const ongoing = await ongoingFindings(database, ...due.map(({ name }) => name));
    const known = { vectors, ongoing, unresolved: await unresolvedOf(database, ongoing), until: closedUntil };
    try {
      for (const watch of due) if (!this.#isClosed) await this.#look(watch, known);
    } finally {
      this.#facts.forget();
    }
  }

  async #look(watch: Watch, known: KnownToAll): Promise<void> {
    const { clock } = this.#parts;
    const startedAt = clock.now();
    const lastError = await this.#tryLook(watch, known).then(
      () => '',
      (error: unknown) => errorMessage(error),
    );
    const tookMs = clock.now() - startedAt;
    const pause = Math.min(MAX_PAUSE_MS, Math.max(watch.everySeconds * 1000, tookMs * (1 / MAX_BUSY_PART - 1)));
    this.#notBefore.set(watch.name, startedAt + pause);
    this.#status.set(watch.name, { name: watch.name, lastLookAt: startedAt, tookMs, lastError });
  }

  async #tryLook(watch: Watch, { vectors, ongoing, unresolved, until }: KnownToAll): Promise<void> {
    const { clock, desk, onChange } = this.#parts;
    const byTarget = groupByTarget(vectors);
    const targetIds = [...byTarget.keys()];
    const openSince = new Map<string, number>();
    for (const { detector, targetId, at } of unresolved)
      if (detector === watch.name)
        openSince.set(targetId, Math.min(openSince.get(targetId) ?? Number.POSITIVE_INFINITY, Math.floor(at / 1000)));
    const facts = await this.#facts.read({ watch, targetIds, until, openSince });
    const now = clock.now();
    const drafts: FindingDraft[] = [];
    const looked = new Set(targetIds);
    const problems: string[] = [];
    for (const [targetId, own] of byTarget) {
      const context = contextOf(targetId, own, {
        now,
        until,
        byTarget,
        vectors,
        metrics: this.#metrics,
        breakingToolChanges: this.#breakingToolChanges,
      });
      try {
        if (context) drafts.push(...watch.judge(facts.get(targetId) ?? {}, context));
      } catch (error) {
        looked.delete(targetId);
        problems.push(`target ${targetId}: ${errorMessage(error)}`);
      }
    }
    if (drafts.length > 0) await desk.report(drafts, now);
    const look = { detector: watch.name, targetIds: looked, holdSeconds: watch.holdSeconds };
    // What began since then is not over yet.
    const mayEnd = ongoing.some(({ detector }) => detector === watch.name);
    const ended = mayEnd && (await desk.conclude(look, now));
    if (drafts.length > 0 || ended) onChange(['incidents']);
    if (problems.length > 0) throw new Error(problems.join('; '));
  }
}

/** What is read once for all watches whose time has come. */
interface KnownToAll {
  readonly vectors: readonly KnownVector[];
  readonly ongoing: readonly Finding[];
  /** Those of them whose incidents nobody has resolved. */
  readonly unresolved: readonly Finding[];
  /** Unix seconds. */
  readonly until: number;
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

interface Surroundings extends Pick<WatchContext, 'now' | 'until' | 'metrics' | 'breakingToolChanges'> {
  readonly byTarget: ReadonlyMap<string, readonly KnownVector[]>;
  readonly vectors: readonly KnownVector[];
}

function contextOf(
  targetId: string,
  own: readonly KnownVector[],
  { byTarget, vectors, ...known }: Surroundings,
): WatchContext | null {
  const first = own[0];
  if (!first) return null;
  const { service, environment, operation } = first;
  return {
    targetId,
    target: { service, environment, operation },
    ...known,
    vectors: own,
    liveTargets: byTarget.size,
    liveVectors: vectors.length,
  };
}
