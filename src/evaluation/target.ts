import type { Gate, Rollout, RolloutState, TargetKey } from '../model/index.js';
import {
  type DetectorProblem,
  endState,
  harmFindings,
  initialState,
  judgeStanding,
  matchesSelector,
  observeRollouts,
  type RolloutStanding,
} from '../rollouts/index.js';
import type { Database } from '../store/index.js';
import type { KnownVector, ServedGenerations } from '../store/queries/cells.js';
import { getRollout, type RolloutRecord, recordRollout, recordRolloutState } from '../store/queries/rollouts.js';
import type { EvaluationParts } from './host.js';
import type { CellSource } from './ledger/cell-source.js';
import type { Ledgers } from './ledger/ledgers.js';
import { isOpen, type TargetMemory, type TargetRecords } from './target-records.js';
import { trafficByVector } from './traffic.js';

/** A detector's failure on a rollout. */
export type RolloutProblem = DetectorProblem & { readonly rolloutId: string };

/**
 * Judges a target anew after some of its buckets were closed: finds rollouts that began or ended, judges those that run,
 * and opens incidents. Reads what was closed since the last time; never generations.
 * @returns detectors that failed
 */
export async function evaluateTarget(
  parts: EvaluationParts,
  { ledgers, sessions }: TargetMemory,
  targetId: string,
  { vectors, rollouts, served, source }: TargetRecords,
): Promise<readonly RolloutProblem[]> {
  const now = parts.clock.now();
  const first = vectors[0];
  if (!first) return [];
  const target: TargetKey = { service: first.service, environment: first.environment, operation: first.operation };
  const standings = await standingsOf(ledgers, source, rollouts);
  const running = await observed(parts, { targetId, target, vectors, served, rollouts, standings, now });
  await sessions.prepare(targetId, running);
  for (const record of running) {
    const standing =
      record.state.latched === null
        ? (standings.get(record.rollout.id) ?? (await ledgers.standing(record.rollout)))
        : null;
    if (standing !== null) standings.set(record.rollout.id, standing);
    await judge(parts, record, standing, { vectors, rollouts });
    if (standing !== null) await tell(parts, record.rollout, standing);
  }
  return [...standings].flatMap(([rolloutId, { problems }]) => problems.map((problem) => ({ ...problem, rolloutId })));
}

/** Of the rollouts whose verdict is open. */
async function standingsOf(
  ledgers: Ledgers,
  source: CellSource,
  rollouts: readonly RolloutRecord[],
): Promise<Map<string, RolloutStanding>> {
  const open = rollouts.filter(isOpen);
  const entries = open.map(async ({ rollout }) => [rollout.id, await ledgers.standing(rollout, source)] as const);
  return new Map(await Promise.all(entries));
}

interface ObservedTarget {
  readonly targetId: string;
  readonly target: TargetKey;
  readonly vectors: readonly KnownVector[];
  readonly served: readonly ServedGenerations[];
  readonly rollouts: readonly RolloutRecord[];
  readonly standings: ReadonlyMap<string, RolloutStanding>;
  readonly now: number;
}

/** Records rollouts that traffic has begun or ended; @returns those that run. */
async function observed(
  { database, policyFor }: EvaluationParts,
  { targetId, target, vectors, served, rollouts, standings, now }: ObservedTarget,
): Promise<RolloutRecord[]> {
  const observation = observeRollouts({
    targetId,
    target,
    traffic: trafficByVector(served, vectors),
    rollouts: rollouts.map((record) => ({
      ...record,
      candidateSince: standings.get(record.rollout.id)?.candidateSince ?? null,
    })),
    policy: policyFor(target),
    now,
  });
  const ended = new Map(observation.end.map((ending) => [ending.rolloutId, ending]));
  const running: RolloutRecord[] = [];
  for (const record of rollouts.filter(({ state }) => state.status === 'running')) {
    const ending = ended.get(record.rollout.id);
    if (ending) await advance(database, record.state, endState(record.state, ending.status, ending.reason, now));
    else running.push(record);
  }
  for (const rollout of observation.open) {
    await recordRollout(database, rollout, initialState(rollout));
    running.push({ rollout, state: initialState(rollout) });
  }
  return running;
}

type TargetFacts = Pick<ObservedTarget, 'vectors' | 'rollouts'>;

/** A verdict is recorded before it is acted on; a latched one asks for its incident in every run, so no crash loses it. */
async function judge(
  parts: EvaluationParts,
  record: RolloutRecord,
  standing: RolloutStanding | null,
  facts: TargetFacts,
): Promise<void> {
  const state = standing === null ? record.state : await judgedState(parts, record, standing);
  if (state.latched === null || state.status !== 'running') return;
  const baselineLive = isSafeToReturnTo(record.rollout, state.latched, facts);
  await parts.desk.open(record.rollout, state.latched, baselineLive);
  parts.onChange(['incidents', 'rollouts']);
}

/** Harm that does not roll back is an incident of its own. */
async function tell({ desk, clock, onChange }: EvaluationParts, rollout: Rollout, standing: RolloutStanding) {
  const findings = harmFindings(rollout, standing.evaluations);
  if (findings.length === 0) return;
  await desk.report(findings, clock.now());
  onChange(['incidents']);
}

async function judgedState(
  { database, clock }: EvaluationParts,
  { rollout, state: previous }: RolloutRecord,
  standing: RolloutStanding,
): Promise<RolloutState> {
  const { state } = judgeStanding({ rollout, previous, standing, now: clock.now() });
  return state === previous ? state : advance(database, previous, state);
}

/**
 * Records the next state of a rollout, unless somebody else has moved it since it was read: a person's word, or another host's.
 * @returns the state that counts now
 */
async function advance(database: Database, previous: RolloutState, next: RolloutState): Promise<RolloutState> {
  const current = await getRollout(database, previous.rolloutId);
  if (current !== null && current.state.revision !== previous.revision) return current.state;
  await recordRolloutState(database, next);
  return next;
}

/** The baseline served traffic in this comparison, and is not itself a version that was found worse. */
function isSafeToReturnTo(rollout: Rollout, latched: Gate, { vectors, rollouts }: TargetFacts): boolean {
  const served = latched.evaluations.some(({ baseline }) => baseline.n > 0);
  const condemned = rollouts.filter(({ rollout: other, state }) => other.id !== rollout.id && state.latched !== null);
  const baselines = vectors.filter(({ values }) => matchesSelector(values, rollout.baseline, rollout.changed));
  return (
    served &&
    !condemned.some(({ rollout: { candidate, changed } }) =>
      baselines.some(({ values }) => matchesSelector(values, candidate, changed)),
    )
  );
}
