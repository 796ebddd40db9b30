import {
  BUCKET_SECONDS,
  changedSurfaces,
  describeVersions,
  type Rollout,
  type RolloutPolicy,
  rowId,
  SURFACES,
  type TargetKey,
  type VersionSelector,
  type VersionValues,
} from '../model/index.js';
import { pickVersions } from './arms.js';
import { type Ending, endings, type KnownRollout } from './endings.js';
import { generationsBetween, mergeUnsettled, type VectorTraffic } from './traffic.js';

/** Running rollouts a target may have; beyond it nothing is opened, because arms would have no traffic left. */
export const MAX_RUNNING_ROLLOUTS = 16;

/** Generations and share of traffic from which a new vector is a candidate and not an accident. */
const MINIMUM_CANDIDATE_GENERATIONS = 20;
const MINIMUM_CANDIDATE_SHARE = 0.005;

/** A baseline served this many generations and this share of traffic in the time before the candidate appeared. */
const MINIMUM_BASELINE_GENERATIONS = 20;
const MINIMUM_BASELINE_SHARE = 0.2;
const BASELINE_LOOKBACK_SECONDS = 1800;

/** A baseline was there this long before: two vectors that start together are a mix, not a change. */
const MINIMUM_LEAD_SECONDS = 2 * BUCKET_SECONDS;

export interface ObservationQuestion {
  readonly targetId: string;
  readonly target: TargetKey;
  /** Counts of the last hours: as far back as a change that is still to be opened may have begun. */
  readonly traffic: readonly VectorTraffic[];
  /** Every rollout of the target, whatever became of it. */
  readonly rollouts: readonly KnownRollout[];
  /** What an observed rollout starts with. */
  readonly policy: RolloutPolicy;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** What recent traffic means for a target's rollouts. */
export interface Observation {
  readonly open: readonly Rollout[];
  readonly end: readonly Ending[];
  /** Changes that were seen and not opened because {@link MAX_RUNNING_ROLLOUTS} are running, in words. */
  readonly refused: readonly string[];
}

/**
 * Finds the changes that nobody declared, and the rollouts that traffic has ended.
 *
 * A vector that appears beside an established baseline opens a rollout on the surfaces on which both have a version
 * and differ. Its id follows from target and versions, so that the same change is never opened twice. A return to a
 * rollout's baseline while that rollout runs or was rolled back is the rollback, not a change.
 */
export function observeRollouts(question: ObservationQuestion): Observation {
  const { rollouts, now } = question;
  const traffic = mergeUnsettled(question.traffic);
  const opened = new Map<string, Rollout>();
  for (const candidate of [...traffic].sort((a, b) => a.firstBucket - b.firstBucket)) {
    const rollout = rolloutFor(candidate, traffic, question);
    if (rollout === null || isCovered(rollout, rollouts)) continue;
    if (!opened.has(rollout.id)) opened.set(rollout.id, rollout);
  }
  const end = endings(rollouts, [...opened.values()], question.traffic, now);
  const running = rollouts.filter(({ state }) => state.status === 'running').length - end.length;
  const room = Math.max(0, MAX_RUNNING_ROLLOUTS - running);
  const all = [...opened.values()];
  return { open: all.slice(0, room), end, refused: all.slice(room).map(describeChange) };
}

/** The identity of a change of a target: the same versions give the same id, whoever declares or observes it. */
export function rolloutId(targetId: string, baseline: VersionSelector, candidate: VersionSelector): string {
  const parts = [baseline, candidate].flatMap((selector) => SURFACES.map((surface) => selector[surface] ?? ''));
  return rowId('rol', targetId, ...parts);
}

/** The rollout that brought a vector into traffic, or `null` when it is no change, too small, or always was there. */
function rolloutFor(
  candidate: VectorTraffic,
  traffic: readonly VectorTraffic[],
  question: ObservationQuestion,
): Rollout | null {
  if (!isEstablished(candidate, traffic)) return null;
  const baseline = baselineBefore(candidate, traffic);
  if (baseline === null) return null;
  const changed = knownChanges(baseline.values, candidate.values);
  const selectors = {
    baseline: pickVersions(baseline.values, changed),
    candidate: pickVersions(candidate.values, changed),
  };
  return {
    id: rolloutId(question.targetId, selectors.baseline, selectors.candidate),
    targetId: question.targetId,
    target: question.target,
    ...selectors,
    changed,
    origin: 'observed',
    policy: question.policy,
    startedAt: candidate.firstBucket * 1000,
  };
}

/** Surfaces on which both have a version and the versions differ: a missing version is never a change by itself. */
function knownChanges(baseline: VersionValues, candidate: VersionValues): (typeof SURFACES)[number][] {
  return changedSurfaces(baseline, candidate).filter(
    (surface) => baseline[surface] !== '' && candidate[surface] !== '',
  );
}

/** Enough generations and a large enough share since it appeared. */
function isEstablished(candidate: VectorTraffic, traffic: readonly VectorTraffic[]): boolean {
  const since = (vector: VectorTraffic): number =>
    generationsBetween(vector, candidate.firstBucket, Number.POSITIVE_INFINITY);
  const own = since(candidate);
  const all = traffic.reduce((sum, vector) => sum + since(vector), 0);
  return own >= MINIMUM_CANDIDATE_GENERATIONS && own / all >= MINIMUM_CANDIDATE_SHARE;
}

/**
 * Of the vectors that carried traffic before the candidate appeared, the one it differs from least, then the one with
 * most traffic: a prompt change that reaches two models at once is one change on each of them.
 */
function baselineBefore(candidate: VectorTraffic, traffic: readonly VectorTraffic[]): VectorTraffic | null {
  const until = candidate.firstBucket;
  const before = traffic
    .filter((vector) => vector !== candidate && vector.firstBucket <= until - MINIMUM_LEAD_SECONDS)
    .map((vector) => ({ vector, n: generationsBetween(vector, until - BASELINE_LOOKBACK_SECONDS, until) }));
  const all = before.reduce((sum, { n }) => sum + n, 0);
  const established = before
    .filter(({ n }) => n >= MINIMUM_BASELINE_GENERATIONS && n / all >= MINIMUM_BASELINE_SHARE)
    .map((entry) => ({ ...entry, changes: knownChanges(entry.vector.values, candidate.values).length }));
  if (established.some(({ changes }) => changes === 0)) return null;
  established.sort((a, b) => a.changes - b.changes || b.n - a.n);
  return established[0]?.vector ?? null;
}

/** Known already, a part of a running larger change, or the way back from one that runs or was rolled back. */
function isCovered(rollout: Rollout, known: readonly KnownRollout[]): boolean {
  return known.some(({ rollout: other, state }) => {
    if (other.id === rollout.id) return true;
    const isRunning = state.status === 'running';
    const isPart = covers(other.candidate, rollout.candidate) && covers(other.baseline, rollout.baseline);
    const isReverse = covers(rollout.candidate, other.baseline) && covers(rollout.baseline, other.candidate);
    return (isRunning && isPart) || (isReverse && (isRunning || state.status === 'rolled_back'));
  });
}

/** Does the selector agree with the other on every surface the other names? */
function covers(selector: VersionSelector, other: VersionSelector): boolean {
  return SURFACES.every((surface) => other[surface] === undefined || other[surface] === selector[surface]);
}

function describeChange(rollout: Rollout): string {
  return (
    `${describeVersions(rollout.baseline)} → ${describeVersions(rollout.candidate)} was not opened: ` +
    `${MAX_RUNNING_ROLLOUTS} rollouts of this target are running`
  );
}
