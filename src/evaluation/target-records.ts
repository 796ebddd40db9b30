import type { Clock } from '../model/index.js';
import type { Measure } from '../rollouts/index.js';
import type { Database } from '../store/index.js';
import type { KnownVector, ServedGenerations } from '../store/queries/cells.js';
import { listRollouts, type RolloutRecord } from '../store/queries/rollouts.js';
import { type CellSource, readAhead } from './ledger/cell-source.js';
import { Ledgers } from './ledger/ledgers.js';
import { ServedTraffic } from './served-traffic.js';
import { SessionTargets } from './session-targets.js';
import { observedSinceOf } from './traffic.js';
import { Vectors } from './vectors.js';

/** What the tables say of a target before it is judged. */
export interface TargetRecords {
  readonly vectors: readonly KnownVector[];
  readonly rollouts: readonly RolloutRecord[];
  readonly served: readonly ServedGenerations[];
  /** What is new for the target's ledgers. */
  readonly source: CellSource;
}

/** What is kept of targets from one look to the next; all of it can be read again. */
export class TargetMemory {
  readonly vectors: Vectors;
  readonly served: ServedTraffic;
  readonly ledgers: Ledgers;
  readonly sessions: SessionTargets;

  /** @param countSessions counts what was closed without sessions from a time (Unix seconds) on */
  constructor(database: Database, measure: Measure, countSessions: (targetId: string, since: number) => Promise<void>) {
    this.vectors = new Vectors(database);
    this.served = new ServedTraffic(database);
    this.ledgers = new Ledgers(database, measure);
    this.sessions = new SessionTargets(countSessions);
  }
}

/** Reads for several targets at once what is known of them: control tables, the traffic of the last hours, what was closed. */
export async function readTargets(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  { vectors, served, ledgers, sessions }: TargetMemory,
  targetIds: readonly string[],
): Promise<ReadonlyMap<string, TargetRecords>> {
  if (targetIds.length === 0) return new Map();
  const now = clock.now();
  const rollouts = await listRollouts(database, { targetIds });
  const ofTarget = (id: string): RolloutRecord[] => rollouts.filter(({ rollout }) => rollout.targetId === id);
  for (const targetId of targetIds) await sessions.prepare(targetId, ofTarget(targetId));
  const known = await vectors.of(targetIds);
  const since = observedSince(known, now);
  const open = rollouts.filter(isOpen).map(({ rollout }) => rollout);
  const source = await readAhead(database, [...ledgers.followers(open), ...served.followers(since)]);
  const traffic = await served.of(since, source);
  const strangers = targetIds.filter((id) => hasStrangers(known.get(id) ?? [], traffic.get(id) ?? []));
  for (const targetId of strangers) vectors.forget(targetId);
  const met = await vectors.of(strangers);
  const metTraffic = await served.of(observedSince(met, now));
  return new Map(
    targetIds.map((id) => [
      id,
      {
        vectors: met.get(id) ?? known.get(id) ?? [],
        served: metTraffic.get(id) ?? traffic.get(id) ?? [],
        rollouts: ofTarget(id),
        source,
      },
    ]),
  );
}

function observedSince(vectors: ReadonlyMap<string, readonly KnownVector[]>, now: number): Map<string, number> {
  return new Map([...vectors].map(([id, own]) => [id, observedSinceOf(own, now)]));
}

function hasStrangers(vectors: readonly KnownVector[], served: readonly ServedGenerations[]): boolean {
  const known = new Set(vectors.map(({ vectorId }) => vectorId));
  return served.some(({ vectorId }) => !known.has(vectorId));
}

/** Is its verdict open? */
export function isOpen({ state }: RolloutRecord): boolean {
  return state.status === 'running' && state.latched === null;
}
