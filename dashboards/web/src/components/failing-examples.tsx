import { type Generation, type RolloutDetail, SURFACES, type VectorSummary } from '../api/index.js';
import { metricTitle } from '../format.js';
import { listPath } from '../request.js';
import { useResource } from '../resource.js';
import { GenerationTable } from './generation-table.js';
import { Loaded } from './page.js';

const EXAMPLES = 5;
const LOOKED_THROUGH = 50;
const SHORTEST_WINDOW_SECONDS = 3_600;
const LONGEST_WINDOW_SECONDS = 86_400;

function windowSeconds(startedAt: string): number {
  const age = Math.ceil((Date.now() - Date.parse(startedAt)) / 1000) + SHORTEST_WINDOW_SECONDS;
  // Whole hours: the same address as a second ago.
  const hours = Math.ceil(age / 3600);
  return Math.min(LONGEST_WINDOW_SECONDS, Math.max(SHORTEST_WINDOW_SECONDS, hours * 3600));
}

/** The versions that the rollout changes are the candidate's; the others may be anything. */
function isCandidate(versions: Generation['versions'], candidate: RolloutDetail['candidate']): boolean {
  return SURFACES.every(
    (surface) => candidate[surface] === undefined || versions[surface].value === candidate[surface],
  );
}

/** Newest generations of the candidate that count as failures of a metric, to be read by a person. */
export function FailingExamples({ rollout, metric }: { rollout: RolloutDetail; metric: string }) {
  const target = rollout.target.targetId;
  const vectors = useResource<{ vectors: VectorSummary[] }>(
    listPath('/vectors', { target, windowSeconds: windowSeconds(rollout.startedAt) }),
    [],
  );
  const vector = vectors.data?.vectors.find(({ versions }) => isCandidate(versions, rollout.candidate))?.vectorId ?? '';
  const known = vectors.data !== null || vectors.error !== null;
  const path = listPath('/generations', { target, vector, failing: metric, limit: LOOKED_THROUGH });
  const generations = useResource<{ generations: Generation[] }>(known ? path : null, ['vectors']);
  return (
    <div class="examples">
      <h3>
        {metricTitle(metric)}
        <span class="note">
          <a href={listPath('/generations', { target, vector, failing: metric })}>all of them</a>
        </span>
      </h3>
      <Loaded resource={generations} what="examples">
        {({ generations: found }) => {
          const shown = found.filter(({ versions }) => isCandidate(versions, rollout.candidate)).slice(0, EXAMPLES);
          return shown.length === 0 ? <p class="muted">None kept.</p> : <GenerationTable generations={shown} />;
        }}
      </Loaded>
    </div>
  );
}
