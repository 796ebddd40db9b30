import type { VectorSummary } from '../api/index.js';
import { distinguishingName, vectorSeries } from '../charts/vector-series.js';
import { count, metricOrder, metricTitle, percent } from '../format.js';
import { listPath } from '../request.js';
import { Rate } from './rate.js';
import { Time } from './time.js';
import { VersionList } from './versions.js';

/** What counts as now, in event time. */
const NOW_SECONDS = 60;

/** The vectors that a target serves, side by side: what they are, how much they serve, how they do. */
export function VectorTable({ vectors }: { vectors: readonly VectorSummary[] }) {
  const metrics = metricOrder(vectors.flatMap((vector) => vector.metrics.map(({ metric }) => metric)));
  const newest = newestShares(vectors);
  const series = vectorSeries(vectors);
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Version vector</th>
          <th scope="col">Share</th>
          {metrics.map((metric) => (
            <th key={metric} scope="col">
              {metricTitle(metric)}
            </th>
          ))}
          <th scope="col">Last seen</th>
        </tr>
      </thead>
      <tbody>
        {vectors.map((vector) => (
          <tr key={vector.vectorId}>
            <td class="lead">
              <div class="vector">
                <svg class={`swatch ${series.get(vector.vectorId)}`} width="10" height="10" aria-hidden="true">
                  <rect class="area" width="10" height="10" rx="2" />
                </svg>
                <VersionList versions={vector.versions} />
              </div>
            </td>
            <td data-label="Share">
              <span class="rate">
                <b>{percent(newest.get(vector.vectorId) ?? 0)}</b> <span class="muted">now</span>
              </span>
              <a
                class="interval tight"
                href={listPath('/generations', { target: vector.targetId, vector: vector.vectorId })}
                title={`Generations of ${distinguishingName(vector, vectors)}: ${count(vector.generations)} in the last hour`}
              >
                {percent(vector.share)} of the hour
              </a>
            </td>
            {metrics.map((metric) => (
              <td key={metric} data-label={metricTitle(metric)}>
                <MetricCell vector={vector} metric={metric} />
              </td>
            ))}
            <td data-label="Last seen">
              <Time at={vector.lastSeen} only="relative" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Each vector's share of the newest closed minute: what is live now, where the hour still remembers what was. */
function newestShares(vectors: readonly VectorSummary[]): ReadonlyMap<string, number> {
  const buckets = vectors.flatMap(({ traffic }) => traffic.map(({ bucket }) => bucket));
  const from = buckets.reduce((newest, bucket) => Math.max(newest, bucket), 0) - NOW_SECONDS;
  const counted = vectors.map(({ vectorId, traffic }) => ({
    vectorId,
    n: traffic.reduce((sum, { bucket, n }) => (bucket > from ? sum + n : sum), 0),
  }));
  const total = counted.reduce((sum, { n }) => sum + n, 0);
  return new Map(counted.map(({ vectorId, n }) => [vectorId, total === 0 ? 0 : n / total]));
}

function MetricCell({ vector, metric }: { vector: VectorSummary; metric: string }) {
  const found = vector.metrics.find((candidate) => candidate.metric === metric);
  return <Rate n={found?.n ?? 0} failures={found?.failures ?? 0} />;
}
