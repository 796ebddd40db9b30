import { DETECTORS } from '../../detectors/index.js';
import type { ActionDesk } from '../actions/index.js';
import { type Clock, errorMessage, type RolloutPolicy, type TargetKey } from '../model/index.js';
import type { Database } from '../store/index.js';
import { ongoingFindings } from '../store/queries/findings.js';
import { listRollouts } from '../store/queries/rollouts.js';
import { type ClosePass, Closer } from './closer.js';
import { type DetectorStatus, DetectorTimes } from './detector-times.js';
import type { Follower } from './follower.js';
import type { Ledgers } from './ledger/ledgers.js';
import { evaluateTarget } from './target.js';
import { readTargets, TargetMemory, type TargetRecords } from './target-records.js';
import { verifyIncidents } from './verification.js';

/** A target whose evaluation is dear is evaluated less often: at most this part of the time is spent on it. */
const MAX_BUSY_PART = 0.2;
/** …but never less often than this. */
const MAX_PAUSE_MS = 60_000;

/** Targets whose records are read in one step: few enough that what was read is fresh when the last of them is judged. */
const TARGETS_AT_ONCE = 25;

/** Whether traffic has left a candidate is asked when buckets were closed, and else this often: a time limit may be over. */
const VERIFY_EVERY_MS = 5_000;

/** A finding about a rollout that was not seen for this long while its target was looked at is over… */
const FINDING_HOLD_SECONDS = 900;
/** …which is asked this often. */
const CONCLUDE_EVERY_MS = 60_000;

/** What the evaluation asks of the action desk. Every call may be repeated. */
export type EvaluationDesk = Pick<ActionDesk, 'open' | 'settle' | 'resolve' | 'report' | 'conclude'>;

export interface EvaluationParts {
  readonly database: Database;
  readonly clock: Clock;
  /** Opens incidents, plans what follows from them, and records what traffic says. */
  readonly desk: EvaluationDesk;
  readonly minimumWatermarkSeconds: number;
  readonly policyFor: (target: TargetKey) => RolloutPolicy;
  readonly log: (message: string) => void;
  /** Something that people look at has changed. */
  readonly onChange: (topics: readonly ('targets' | 'vectors' | 'rollouts' | 'incidents')[]) => void;
  /** Asked in their order after the rollouts were judged; one that fails does not keep the next from looking. */
  readonly followers?: readonly Follower[];
  /** What a detector took for one look at a target. */
  readonly onDetectorTime?: (detector: string, seconds: number) => void;
}

export interface EvaluationStatus {
  /** Milliseconds since the Unix epoch; `null` before the first run. */
  readonly lastRunAt: number | null;
  /** Buckets up to here are closed (ms); `null` before the first run. */
  readonly closedUntil: number | null;
  /** Empty when the last run had no problem. */
  readonly lastError: string;
  /** Every detector that was asked so far. */
  readonly detectors: readonly DetectorStatus[];
}

/**
 * The detectors' host. A run closes what can be closed, judges the rollouts of the targets that it touched, opens
 * incidents for new verdicts, and checks whether rollbacks took effect. Everything it decides has a deterministic id, so
 * a run that is repeated after a crash changes nothing.
 */
export class EvaluationHost {
  readonly #parts: EvaluationParts;
  readonly #closer: Closer;
  readonly #times: DetectorTimes;
  readonly #memory: TargetMemory;
  #status: Omit<EvaluationStatus, 'detectors'> = { lastRunAt: null, closedUntil: null, lastError: '' };
  #running: Promise<void> | null = null;
  /** Targets whose evaluation failed: looked at again in the next run, new buckets or not. */
  readonly #unfinished = new Set<string>();
  /**
   * When the oldest rollout of a target began that an earlier process left running (ms), until it was looked at: all that was
   * counted since then is read for that look.
   */
  readonly #takenUp = new Map<string, number>();
  /** When a target may be evaluated again (ms). */
  readonly #notBefore = new Map<string, number>();
  /** Followers that had more to do than they did in the last run. */
  readonly #behind = new Set<string>();
  /** Targets that were looked at since findings were last concluded. */
  readonly #looked = new Set<string>();
  #concludedAt = Number.NEGATIVE_INFINITY;
  #verifiedAt = Number.NEGATIVE_INFINITY;
  #isFirstRun = true;

  constructor(parts: EvaluationParts) {
    this.#parts = parts;
    const metrics = DETECTORS.flatMap((detector) => detector.metrics);
    this.#closer = new Closer(parts.database, metrics, parts.minimumWatermarkSeconds, parts.clock);
    this.#times = new DetectorTimes((detector, seconds) => parts.onDetectorTime?.(detector, seconds));
    this.#memory = new TargetMemory(parts.database, this.#times.measure, (targetId, since) =>
      this.#closer.countSessions(targetId, since),
    );
  }

  /** How running rollouts stand, kept up to date from one look to the next. */
  get ledgers(): Ledgers {
    return this.#memory.ledgers;
  }

  /** Nothing is left to do about what has been closed so far. */
  get isIdle(): boolean {
    return this.#unfinished.size === 0 && this.#behind.size === 0;
  }

  get status(): EvaluationStatus {
    return { ...this.#status, detectors: this.#times.status };
  }

  /** One run; a call while one is under way joins it. Problems are reported in {@link status}, not thrown. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    const problems: string[] = [];
    const attempt = async (what: string, work: () => Promise<void>): Promise<boolean> => {
      try {
        await work();
        return true;
      } catch (error) {
        problems.push(`${what}: ${errorMessage(error)}`);
        return false;
      }
    };
    let pass: ClosePass | null = null;
    await attempt('closing buckets', async () => {
      if (this.#isFirstRun) await this.#takeUp();
      pass = await this.#closer.close(this.#memory.sessions.ids);
    });
    const closed: ClosePass | null = pass;
    if (closed !== null) {
      await this.#evaluate(closed, attempt);
      for (const follower of this.#parts.followers ?? [])
        await attempt(follower.name, async () => {
          if (await follower.follow(closed)) this.#behind.add(follower.name);
          else this.#behind.delete(follower.name);
        });
    }
    this.#report(closed, problems);
  }

  async #evaluate(pass: ClosePass, attempt: (what: string, work: () => Promise<void>) => Promise<boolean>) {
    const targets = new Set([...pass.buckets.map(({ targetId }) => targetId), ...this.#unfinished]);
    const now = this.#parts.clock.now();
    for (const [targetId, notBefore] of this.#notBefore) if (notBefore <= now) this.#notBefore.delete(targetId);
    const due = this.#dearestLast([...targets].filter((targetId) => !this.#notBefore.has(targetId)));
    for (const targetId of targets) this.#unfinished.add(targetId);
    for (let from = 0; from < due.length; from += TARGETS_AT_ONCE)
      await attempt('reading targets', () => this.#lookAt(due.slice(from, from + TARGETS_AT_ONCE), attempt));
    if (targets.size > 0) this.#parts.onChange(['targets', 'vectors', 'rollouts']);
    await attempt('concluding findings', () => this.#conclude());
    await attempt('verifying rollbacks', async () => {
      if (targets.size === 0 && now - this.#verifiedAt < VERIFY_EVERY_MS) return;
      this.#verifiedAt = now;
      const { database, clock, desk } = this.#parts;
      const changed = await verifyIncidents({ database, clock, desk, closedUntil: pass.closedUntil });
      if (changed) this.#parts.onChange(['incidents', 'rollouts']);
    });
  }

  /** The first look at a rollout of days takes half a minute: who has little to read does not wait for it. */
  #dearestLast(targetIds: readonly string[]): readonly string[] {
    const startOf = (targetId: string): number => this.#takenUp.get(targetId) ?? Number.MAX_SAFE_INTEGER;
    return this.#takenUp.size === 0 ? targetIds : targetIds.toSorted((a, b) => startOf(b) - startOf(a));
  }

  async #lookAt(targetIds: readonly string[], attempt: (what: string, work: () => Promise<void>) => Promise<boolean>) {
    const records = await readTargets(this.#parts, this.#memory, targetIds);
    for (const [targetId, own] of records) {
      const started = this.#parts.clock.now();
      if (await attempt(`target ${targetId}`, () => this.#look(targetId, own))) this.#unfinished.delete(targetId);
      this.#pause(targetId, started);
    }
  }

  async #look(targetId: string, records: TargetRecords): Promise<void> {
    try {
      const problems = await evaluateTarget(this.#parts, this.#memory, targetId, records);
      for (const news of this.#times.report(problems)) this.#parts.log(news);
      this.#looked.add(targetId);
      this.#takenUp.delete(targetId);
    } finally {
      this.#times.endLook();
    }
  }

  async #conclude(): Promise<void> {
    const { clock, database, desk, onChange } = this.#parts;
    const now = clock.now();
    if (this.#looked.size === 0 || now - this.#concludedAt < CONCLUDE_EVERY_MS) return;
    const look = { targetIds: new Set(this.#looked), holdSeconds: FINDING_HOLD_SECONDS };
    let ended = false;
    const ongoing = await ongoingFindings(database, ...DETECTORS.map(({ name }) => name));
    for (const name of new Set(ongoing.map(({ detector }) => detector)))
      ended = (await desk.conclude({ detector: name, ...look }, now)) || ended;
    this.#looked.clear();
    this.#concludedAt = now;
    if (ended) onChange(['incidents']);
  }

  /** After a restart a rollout's cells are replayed: after days that takes seconds, and other targets have a right to their turn. */
  #pause(targetId: string, startedAt: number): void {
    const now = this.#parts.clock.now();
    const pause = Math.min(MAX_PAUSE_MS, (now - startedAt) * (1 / MAX_BUSY_PART - 1));
    if (pause > 0) this.#notBefore.set(targetId, now + pause);
  }

  /** What ran when an earlier process ended is looked at once, new buckets or not. */
  async #takeUp(): Promise<void> {
    for (const record of await listRollouts(this.#parts.database, { status: 'running' })) {
      const { targetId, startedAt } = record.rollout;
      this.#unfinished.add(targetId);
      this.#takenUp.set(targetId, Math.min(startedAt, this.#takenUp.get(targetId) ?? startedAt));
      this.#memory.sessions.expect(record);
    }
    this.#isFirstRun = false;
  }

  #report(pass: ClosePass | null, problems: readonly string[]): void {
    const lastError = problems.join('; ');
    if (lastError !== '' && lastError !== this.#status.lastError) this.#parts.log(`evaluation: ${lastError}`);
    this.#status = {
      lastRunAt: this.#parts.clock.now(),
      closedUntil: pass === null ? this.#status.closedUntil : pass.closedUntil * 1000,
      lastError,
    };
  }
}
