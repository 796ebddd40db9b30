import type { TargetSummary, VectorSummary } from '../api/index.js';
import { TrafficBars } from '../charts/traffic-bars.js';
import { targetName } from '../format.js';
import { useNow } from '../now.js';
import { listPath } from '../request.js';
import { useResource } from '../resource.js';
import { Loaded } from './page.js';
import { VectorTable } from './vector-table.js';

const WINDOW_SECONDS = 3600;
/** The bars stand still for this long, so that the chart is not drawn every second. */
const REDRAW_MS = 10_000;

/** One target's last hour: traffic by vector, and the vectors compared. */
export function TargetPanel({ target, linked }: { target: TargetSummary; linked: boolean }) {
  const path = listPath('/vectors', { target: target.targetId, windowSeconds: WINDOW_SECONDS });
  const vectors = useResource<{ vectors: VectorSummary[] }>(path, ['vectors']);
  const now = Math.floor(useNow() / REDRAW_MS) * REDRAW_MS;
  const name = targetName(target);
  return (
    <article class="panel">
      {linked && (
        <h3>
          <a href={`/targets/${encodeURIComponent(target.targetId)}`}>{name}</a>
        </h3>
      )}
      <Loaded resource={vectors} what="versions of this target">
        {({ vectors: live }) =>
          live.length === 0 ? (
            <p class="muted">No closed buckets in the last hour.</p>
          ) : (
            <>
              <TrafficBars vectors={live} now={now} />
              <VectorTable vectors={live} />
            </>
          )
        }
      </Loaded>
    </article>
  );
}
