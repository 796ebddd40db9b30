import type { VectorSummary } from '../api.js';
import { distinguishingName, vectorSeries } from '../charts/vector-series.js';
import { metricTitle, percent, plural } from '../format.js';
import { listPath } from '../request.js';
import { Rate } from './rate.js';
import { Time } from './time.js';
import { VersionList } from './versions.js';

/** The vectors that a target serves, side by side: what they are, how much they serve, how they do. */
export function VectorTable({ vectors }: { vectors: readonly VectorSummary[] }) {
  const metrics = [...new Set(vectors.flatMap((vector) => vector.metrics.map(({ metric }) => metric)))];
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
              <b>{percent(vector.share)}</b>
              <a
                class="interval tight"
                href={listPath('/generations', { target: vector.targetId, vector: vector.vectorId })}
                title={`Generations of ${distinguishingName(vector, vectors)}`}
              >
                {plural(vector.generations, 'generation')}
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

function MetricCell({ vector, metric }: { vector: VectorSummary; metric: string }) {
  const found = vector.metrics.find((candidate) => candidate.metric === metric);
  return <Rate n={found?.n ?? 0} failures={found?.failures ?? 0} />;
}
