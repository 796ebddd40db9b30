import type { RolloutSummary } from '../api/index.js';
import { stageName, targetName } from '../format.js';
import { RolloutBadge, VerdictBadge } from './badges.js';
import { Time } from './time.js';
import { ChangeList } from './versions.js';

/** Rollouts as rows: what changes, how far it is, what the gate says and why. */
export function RolloutList({ rollouts, withTarget }: { rollouts: readonly RolloutSummary[]; withTarget: boolean }) {
  return (
    <ul class="rows">
      {rollouts.map((rollout) => (
        <li key={rollout.id} class="row">
          <div class="row-main">
            <a class="row-title" href={`/rollouts/${encodeURIComponent(rollout.id)}`}>
              <ChangeList changed={rollout.changed} baseline={rollout.baseline} candidate={rollout.candidate} />
            </a>
            <p class="row-detail">{rollout.reasons[0] ?? 'No verdict yet.'}</p>
            <p class="row-meta">
              {withTarget && <span>{targetName(rollout.target)}</span>}
              <span>stage {stageName(rollout.stage)}</span>
              <span>{rollout.origin}</span>
              <span>
                started <Time at={rollout.startedAt} only="relative" />
              </span>
            </p>
          </div>
          <div class="row-side">
            {rollout.status === 'running' ? (
              <VerdictBadge verdict={rollout.verdict} />
            ) : (
              <RolloutBadge status={rollout.status} />
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
