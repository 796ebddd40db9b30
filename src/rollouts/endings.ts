import { bucketOf, type Rollout, type RolloutState, type RolloutStatus, type VersionValues } from '../model/index.js';
import { matchesSelector } from './arms.js';
import { generationsBetween, type VectorTraffic } from './traffic.js';

/** Traffic must have looked the same for this long before it ends a rollout. */
const ENDING_SECONDS = 600;

/** Traffic of a target in that time from which its silence about an arm means something. */
const MINIMUM_GENERATIONS = 20;

/** A candidate with at least this share serves everybody; at most the rest is a straggler. */
const SERVES_ALL_SHARE = 0.995;

/** A rollout of a target, and what became of it. */
export interface KnownRollout {
  readonly rollout: Rollout;
  readonly state: RolloutState;
  /** First bucket of the rollout in which its candidate served; `null` before it did. */
  readonly candidateSince: number | null;
}

/** A running rollout that traffic has ended, and why. */
export interface Ending {
  readonly rolloutId: string;
  readonly status: Exclude<RolloutStatus, 'running' | 'rolled_back'>;
  /** One sentence for people. */
  readonly reason: string;
}

/**
 * The running rollouts that recent traffic has ended: `promoted` when the candidate serves all of it, `superseded` when
 * the candidate left and a later rollout changes the same surface, `abandoned` when it just left. A rollout whose
 * candidate has not appeared yet is waited for, and a target without traffic says nothing. A latched rollback is ended by
 * its incident's verification instead.
 */
export function endings(
  rollouts: readonly KnownRollout[],
  opened: readonly Rollout[],
  traffic: readonly VectorTraffic[],
  now: number,
): Ending[] {
  const all = [...rollouts.map(({ rollout }) => rollout), ...opened];
  return rollouts
    .filter(({ state }) => state.status === 'running' && state.latched === null)
    .map((known) => declaredTwin(known.rollout, rollouts) ?? endingOf(known, all, traffic, now))
    .filter((ending) => ending !== null);
}

/** A change that was observed first and declared afterwards is one change: one verdict, one rollback. */
function declaredTwin(rollout: Rollout, rollouts: readonly KnownRollout[]): Ending | null {
  if (rollout.origin !== 'observed') return null;
  const twin = rollouts.find(
    ({ rollout: other, state }) =>
      other.origin === 'declared' && state.status === 'running' && isSameChange(rollout, other),
  );
  return twin
    ? { rolloutId: rollout.id, status: 'superseded', reason: `It was declared as rollout ${twin.rollout.id}.` }
    : null;
}

function isSameChange(a: Rollout, b: Rollout): boolean {
  return (
    a.changed.length === b.changed.length &&
    a.changed.every(
      (surface) => a.baseline[surface] === b.baseline[surface] && a.candidate[surface] === b.candidate[surface],
    )
  );
}

function endingOf(
  { rollout, candidateSince }: KnownRollout,
  all: readonly Rollout[],
  traffic: readonly VectorTraffic[],
  now: number,
): Ending | null {
  const until = bucketOf(now / 1000);
  const recent = trafficOf(rollout, traffic, until - ENDING_SECONDS, until);
  if (recent.all < MINIMUM_GENERATIONS || !hasAppeared(rollout, candidateSince, until - ENDING_SECONDS)) return null;
  if (recent.candidate / recent.all >= SERVES_ALL_SHARE) {
    return { rolloutId: rollout.id, status: 'promoted', reason: 'The candidate serves all traffic.' };
  }
  if (recent.candidate > 0) return null;
  const successor = all.find(
    (other) =>
      other.startedAt > rollout.startedAt && other.changed.some((surface) => rollout.changed.includes(surface)),
  );
  return successor === undefined
    ? { rolloutId: rollout.id, status: 'abandoned', reason: 'The candidate left the traffic without a verdict.' }
    : { rolloutId: rollout.id, status: 'superseded', reason: `Rollout ${successor.id} took its place.` };
}

/** An observed rollout began with its candidate; a declared one may have been announced long before. */
function hasAppeared(rollout: Rollout, candidateSince: number | null, until: number): boolean {
  if (rollout.origin === 'observed') return rollout.startedAt / 1000 < until;
  return candidateSince !== null && candidateSince < until;
}

function trafficOf(
  rollout: Rollout,
  traffic: readonly VectorTraffic[],
  from: number,
  until: number,
): { readonly all: number; readonly candidate: number } {
  const isCandidate = (values: VersionValues): boolean => matchesSelector(values, rollout.candidate, rollout.changed);
  let all = 0;
  let candidate = 0;
  for (const vector of traffic) {
    const n = generationsBetween(vector, from, until);
    all += n;
    if (isCandidate(vector.values)) candidate += n;
  }
  return { all, candidate };
}
