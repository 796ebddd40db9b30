import { isDeepStrictEqual } from 'node:util';
import { LeewayError, type Rollout, type RolloutPolicy, SURFACES, type Surface, targetId } from '../model/index.js';
import { rolloutId, rolloutPolicy } from '../rollouts/index.js';
import type { RolloutDeclaration } from './schemas.js';

/**
 * The rollout that a declaration asks for.
 * @throws LeewayError LEEWAY_INVALID naming the part that makes no sense
 */
export function declaredRollout(declaration: RolloutDeclaration, base: RolloutPolicy, nowMs: number): Rollout {
  const { target, baseline, candidate, policy = {} } = declaration;
  const changed = changedSurfaces(declaration);
  requireAscending(policy.stages);
  const id = targetId(target);
  return {
    id: declaration.id ?? rolloutId(id, baseline, candidate),
    targetId: id,
    target,
    baseline,
    candidate,
    changed,
    origin: 'declared',
    policy: rolloutPolicy(policy, base),
    startedAt: nowMs,
  };
}

/**
 * A repeated declaration is no news; another one under the same id would change a policy that was frozen.
 * @throws LeewayError LEEWAY_CONFLICT naming what differs
 */
export function requireSameRollout(existing: Rollout, declaration: RolloutDeclaration): void {
  const { target, baseline, candidate, policy = {} } = declaration;
  const differing = [
    !isDeepStrictEqual(existing.target, { ...target }) && 'target',
    !isDeepStrictEqual(existing.baseline, { ...baseline }) && 'baseline',
    !isDeepStrictEqual(existing.candidate, { ...candidate }) && 'candidate',
    !isDeepStrictEqual(rolloutPolicy(policy, existing.policy), existing.policy) && 'policy',
  ].filter((part) => part !== false);
  if (differing.length === 0) return;
  throw new LeewayError(
    'LEEWAY_CONFLICT',
    `rollout ${existing.id} (${existing.origin}) exists with another ${differing.join(' and ')}, which cannot change: ` +
      'declare it under another id',
  );
}

function changedSurfaces({ baseline, candidate }: RolloutDeclaration): Surface[] {
  const oneSided = SURFACES.find((surface) => (baseline[surface] === undefined) !== (candidate[surface] === undefined));
  if (oneSided)
    throw invalid(
      `body.${baseline[oneSided] === undefined ? 'baseline' : 'candidate'}.${oneSided} is missing: baseline and candidate must name the same surfaces`,
    );
  const named = SURFACES.filter((surface) => candidate[surface] !== undefined);
  const same = named.find((surface) => baseline[surface] === candidate[surface]);
  if (same)
    throw invalid(`body.candidate.${same} is the baseline's version: name only the surfaces that the rollout changes`);
  return named;
}

function requireAscending(stages: readonly number[] | undefined): void {
  const wrong = stages?.findIndex((stage, index) => index > 0 && stage <= (stages[index - 1] ?? 0)) ?? -1;
  if (wrong > 0) throw invalid(`body.policy.stages[${wrong}] must be greater than the stage before it`);
}

function invalid(message: string): LeewayError {
  return new LeewayError('LEEWAY_INVALID', message);
}
