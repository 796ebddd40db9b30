import { incidentEvaluations } from '../incidents/index.js';
import type { Incident, MetricEvaluation, Rollout, Surface, VersionSelector } from '../model/index.js';
import { incidentLink } from './message.js';
import type { MoveEvidence, MoveRequest, Registry } from './registries/index.js';

/** One registry's part of a rollback. */
export interface Move {
  readonly registry: Registry;
  readonly surfaces: readonly Surface[];
}

/** Which registries a rollback goes to, or why it cannot be carried out. */
export type MovePlan =
  | { readonly possible: true; readonly moves: readonly Move[] }
  | { readonly possible: false; readonly reason: string };

/**
 * Each changed surface goes to the first registry that holds it. All or nothing: moving only some of the surfaces back
 * would make a combination live that nobody ever ran.
 */
export function planMoves(rollout: Rollout, registries: readonly Registry[]): MovePlan {
  const moves = new Map<Registry, Surface[]>();
  for (const surface of rollout.changed) {
    const registry = registries.find(({ surfaces }) => surfaces.includes(surface));
    if (!registry) return impossible(`no registry is configured that holds the ${surface} pointer`);
    if (!rollout.baseline[surface]) return impossible(`the baseline's ${surface} version is not known`);
    moves.set(registry, [...(moves.get(registry) ?? []), surface]);
  }
  if (moves.size === 0) return impossible('the rollout changes nothing that could be moved back');
  return { possible: true, moves: [...moves].map(([registry, surfaces]) => ({ registry, surfaces })) };
}

/** What a registry is asked. Pure: the same over all attempts. */
export function moveRequest(
  actionId: string,
  incident: Incident,
  rollout: Rollout,
  surfaces: readonly Surface[],
  publicUrl: string,
): MoveRequest {
  return {
    actionId,
    incidentId: incident.id,
    rolloutId: rollout.id,
    target: rollout.target,
    surfaces,
    from: pick(rollout.candidate, surfaces),
    to: pick(rollout.baseline, surfaces),
    reason: incident.title,
    evidence: incidentEvaluations(incident).map(evidenceOf),
    link: incidentLink(publicUrl, incident.id),
    decidedAt: incident.openedAt,
  };
}

function pick(versions: VersionSelector, surfaces: readonly Surface[]): VersionSelector {
  return Object.fromEntries(surfaces.map((surface) => [surface, versions[surface] ?? '']));
}

function evidenceOf({ metric, failure, candidate, baseline, difference, harm }: MetricEvaluation): MoveEvidence {
  return {
    metric,
    failure,
    candidate: { n: candidate.n, failures: candidate.failures, rate: candidate.rate },
    baseline: { n: baseline.n, failures: baseline.failures, rate: baseline.rate },
    difference: { estimate: difference.estimate, lower: difference.lower, upper: difference.upper },
    logE: harm.maxLogE,
    logThreshold: harm.logThreshold,
  };
}

function impossible(reason: string): MovePlan {
  return { possible: false, reason };
}
