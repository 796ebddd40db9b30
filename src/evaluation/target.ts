import { TRAFFIC_METRIC } from '../../detectors/index.js';
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
import { type KnownVector, type ServedGenerations, servedGenerations } from '../store/queries/cells.js';
import {
  getRollout,
  listRollouts,
  type RolloutRecord,
  recordRollout,
  recordRolloutState,
} from '../store/queries/rollouts.js';
import type { EvaluationParts } from './host.js';
import type { Ledgers } from './ledger/ledgers.js';
import type { SessionTargets } from './session-targets.js';
import { observedSince, trafficByVector } from './traffic.js';
import type { Vectors } from './vectors.js';

/** A detector's failure on a rollout. */
export type RolloutProblem = DetectorProblem & { readonly rolloutId: string };

/** What the tables say of a target before it is judged. */
export interface TargetRecords {
  readonly vectors: readonly KnownVector[];
  readonly rollouts: readonly RolloutRecord[];
  readonly served: readonly ServedGenerations[];
}

/** Reads for several targets at once what is known of them: control tables, and the traffic of the last hours. */
export async function readTargets(
  { database, clock }: Pick<EvaluationParts, 'database' | 'clock'>,
  vectors: Vectors,
  targetIds: readonly string[],
): Promise<ReadonlyMap<string, TargetRecords>> {
  if (targetIds.length === 0) return new Map();
  const now = clock.now();
  const rollouts = await listRollouts(database, { targetIds });
  const traffic = await trafficOf(database, await vectors.of(targetIds), now);
  const strangers = targetIds.filter((targetId) => hasStrangers(traffic.get(targetId)));
  for (const targetId of strangers) vectors.forget(targetId);
  const met = await trafficOf(database, await vectors.of(strangers), now);
  return new Map(
    targetIds.map((targetId) => [
      targetId,
      {
        ...(met.get(targetId) ?? traffic.get(targetId) ?? NO_TRAFFIC),
        rollouts: rollouts.filter(({ rollout }) => rollout.targetId === targetId),
      },
    ]),
  );
}

type Traffic = Pick<TargetRecords, 'vectors' | 'served'>;
const NO_TRAFFIC: Traffic = { vectors: [], served: [] };

/** What each vector of these targets served as far back as it may still say something new. */
async function trafficOf(
  database: Database,
  vectors: ReadonlyMap<string, readonly KnownVector[]>,
  now: number,
): Promise<ReadonlyMap<string, Traffic>> {
  const bySince = new Map<number, string[]>();
  for (const [id, own] of vectors) {
    const since = observedSince(own, now);
    bySince.set(since, [...(bySince.get(since) ?? []), id]);
  }
  const asked = [...bySince].map(([since, targetIds]) =>
    servedGenerations(database, { targetIds, since, metric: TRAFFIC_METRIC }),
  );
  const served = byTarget((await Promise.all(asked)).flat());
  return new Map([...vectors].map(([id, own]) => [id, { vectors: own, served: served.get(id) ?? [] }]));
}

function hasStrangers({ vectors, served }: Traffic = NO_TRAFFIC): boolean {
  const known = new Set(vectors.map(({ vectorId }) => vectorId));
  return served.some(({ vectorId }) => !known.has(vectorId));
}

/** What the rollouts of all targets are judged by. */
export interface Counts {
  readonly ledgers: Ledgers;
  readonly sessions: SessionTargets;
}

/**
 * Judges a target anew after some of its buckets were closed: finds rollouts that began or ended, judges those that run,
 * and opens incidents. Reads what was closed since the last time; never generations.
 * @returns detectors that failed
 */
export async function evaluateTarget(
  parts: EvaluationParts,
  { ledgers, sessions }: Counts,
  targetId: string,
  { vectors, rollouts, served }: TargetRecords,
): Promise<readonly RolloutProblem[]> {
  const now = parts.clock.now();
  const first = vectors[0];
  if (!first) return [];
  const target: TargetKey = { service: first.service, environment: first.environment, operation: first.operation };
  await sessions.prepare(targetId, rollouts);
  const standings = await standingsOf(ledgers, rollouts);
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

function byTarget<Row extends { readonly targetId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.targetId);
    if (group) group.push(row);
    else groups.set(row.targetId, [row]);
  }
  return groups;
}

/** Of the rollouts whose verdict is open. */
async function standingsOf(
  ledgers: Ledgers,
  rollouts: readonly RolloutRecord[],
): Promise<Map<string, RolloutStanding>> {
  const open = rollouts.filter(({ state }) => state.status === 'running' && state.latched === null);
  const entries = open.map(async ({ rollout }) => [rollout.id, await ledgers.standing(rollout)] as const);
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
