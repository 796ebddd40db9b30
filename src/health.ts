import type { Spool } from '../collectors/index.js';
import type { HealthSource, Readiness, ServiceStatus } from './api/index.js';
import type { DetectorStatus, EvaluationHost, WatchHost, WatchStatus } from './evaluation/index.js';
import { type Action, type Clock, isoTime } from './model/index.js';
import type { Database } from './store/index.js';
import { listActions } from './store/queries/actions.js';
import { newestClosedBuckets } from './store/queries/closes.js';

/** A spool with more waiting than this is not draining. */
const BACKLOG_BYTES = 64 * 1024 ** 2;
const ACTION_WINDOW_MS = 24 * 3_600_000;

export interface HealthParts {
  readonly version: string;
  readonly clock: Clock;
  readonly database: Database;
  readonly spool: Spool;
  readonly evaluation: EvaluationHost;
  readonly watches: Pick<WatchHost, 'status'>;
  readonly startedAt: number;
}

/** What is wrong now, in words, from the parts themselves; asked anew every time. */
export function createHealth(parts: HealthParts): HealthSource {
  return {
    async readiness(): Promise<Readiness> {
      const reasons = await unready(parts);
      return reasons.length === 0 ? { ready: true } : { ready: false, reasons };
    },
    async status(): Promise<ServiceStatus> {
      const [spool, reasons, actions, closed] = await Promise.all([
        parts.spool.status(),
        unready(parts),
        orEmpty(() => listActions(parts.database)),
        orEmpty(() => newestClosedBuckets(parts.database)),
      ]);
      const { lastRunAt, closedUntil, lastError, detectors } = parts.evaluation.status;
      const counted = countActions(actions, parts.clock.now());
      const newest = Math.max(0, ...closed.map(({ bucket }) => bucket));
      return {
        version: parts.version,
        startedAt: isoTime(parts.startedAt),
        ready: reasons.length === 0,
        problems: [
          ...reasons,
          ...otherProblems(spool.poisoned, lastError),
          ...detectorProblems(detectors),
          ...watchProblems(parts.watches.status),
          ...actionProblems(counted),
        ],
        spool,
        evaluation: {
          lastRunAt: lastRunAt === null ? null : isoTime(lastRunAt),
          watermark: closedUntil === null ? null : isoTime(closedUntil),
          lagSeconds: newest === 0 ? null : Math.max(0, parts.clock.now() / 1000 - newest),
          lastError,
          detectors: [...detectors],
          watches: parts.watches.status.map(watchView),
        },
        actions: counted,
      };
    },
  };
}

/** The spool does not drain: telemetry should go to another instance, if there is one. */
async function unready({ spool }: HealthParts): Promise<string[]> {
  const { lastError, bytes } = await spool.status();
  if (lastError !== '') return [`The store does not take rows (they wait in the spool): ${lastError}`];
  if (bytes > BACKLOG_BYTES) return [`The spool holds ${bytes} bytes that the store has not taken yet.`];
  return [];
}

/** Somebody should look at these; sending telemetry elsewhere would not help. */
function otherProblems(poisoned: number, evaluationError: string): string[] {
  const found: string[] = [];
  if (poisoned > 0) found.push(`${poisoned} spool segments were refused by the store and set aside under poisoned/.`);
  if (evaluationError !== '') found.push(`The evaluation has a problem: ${evaluationError}`);
  return found;
}

function detectorProblems(detectors: readonly DetectorStatus[]): string[] {
  const failed = detectors.filter(({ problem }) => problem !== '');
  const slow = detectors.filter(({ lastSeconds, budgetSeconds }) => lastSeconds > budgetSeconds);
  return [
    ...failed.map(({ name, problem }) => `Detector ${name} failed: ${problem}`),
    ...slow.map(({ name, lastSeconds }) => `Detector ${name} took ${lastSeconds.toFixed(1)} s for one target.`),
  ];
}

function watchProblems(watches: readonly WatchStatus[]): string[] {
  const failed = watches.filter(({ lastError }) => lastError !== '');
  return failed.map(({ name, lastError }) => `Watch ${name} failed: ${lastError}`);
}

function watchView({ lastLookAt, tookMs, ...watch }: WatchStatus) {
  return { ...watch, lastLookAt: lastLookAt === null ? null : isoTime(lastLookAt), lastSeconds: tookMs / 1000 };
}

/** The store may be what is wrong: the rest of the status must still be told. */
async function orEmpty<T>(read: () => Promise<T[]>): Promise<T[]> {
  return read().catch(() => []);
}

function countActions(actions: readonly Action[], now: number): ServiceStatus['actions'] {
  const pending = actions.filter(({ status }) => status === 'pending');
  return {
    pending: pending.length,
    retrying: pending.filter(({ attempts }) => attempts > 0).length,
    failed: actions.filter(({ status, at }) => status === 'failed' && now - at < ACTION_WINDOW_MS).length,
  };
}

function actionProblems({ retrying, failed }: ServiceStatus['actions']): string[] {
  const found: string[] = [];
  if (retrying > 0) found.push(`${retrying} actions have not been delivered yet and are being tried again.`);
  if (failed > 0) found.push(`${failed} actions of the last day could not be delivered.`);
  return found;
}
