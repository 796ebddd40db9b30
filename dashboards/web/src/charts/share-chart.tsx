import type { RolloutTraffic } from '../api/index.js';
import { clockTime, count, level, percent } from '../format.js';
import { Plot } from './plot.js';
import { bandPath, thinned } from './scale.js';

const MOST_POINTS = 120;
const BUCKET_SECONDS = 10;
const TABLE_ROWS = 200;
const BIN_SECONDS = [10, 20, 30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400];

/** Adds up buckets so that the chart has at most MOST_POINTS; shares of single buckets are mostly noise. */
function binned(traffic: readonly RolloutTraffic[]): { width: number; bins: RolloutTraffic[] } {
  const first = traffic[0]?.bucket ?? 0;
  const span = (traffic.at(-1)?.bucket ?? 0) - first + BUCKET_SECONDS;
  const width = BIN_SECONDS.find((seconds) => span / seconds <= MOST_POINTS) ?? 86_400;
  const bins = new Map<number, RolloutTraffic>();
  for (const row of traffic) {
    const bucket = Math.floor(row.bucket / width) * width;
    const bin = bins.get(bucket) ?? { bucket, baseline: 0, candidate: 0, other: 0 };
    bin.baseline += row.baseline;
    bin.candidate += row.candidate;
    bin.other += row.other;
    bins.set(bucket, bin);
  }
  return { width, bins: [...bins.values()].sort((a, b) => a.bucket - b.bucket) };
}

const total = (bin: RolloutTraffic): number => bin.baseline + bin.candidate + bin.other;
const LAYERS = [
  { series: 'series-candidate', from: () => 0, to: (bin: RolloutTraffic) => bin.candidate },
  {
    series: 'series-baseline',
    from: (bin: RolloutTraffic) => bin.candidate,
    to: (bin: RolloutTraffic) => bin.candidate + bin.baseline,
  },
  { series: 'series-other', from: (bin: RolloutTraffic) => bin.candidate + bin.baseline, to: total },
] as const;

/** Each arm's share of the target's traffic over time, stacked to 100 %. */
export function ShareChart({ traffic }: { traffic: readonly RolloutTraffic[] }) {
  const { width, bins } = binned(traffic);
  const filled = bins.filter((bin) => total(bin) > 0);
  const first = filled[0];
  const last = filled.at(-1);
  if (!first || !last) return <p class="muted">No traffic in closed buckets yet.</p>;
  const share = (part: number, bin: RolloutTraffic) => part / total(bin);
  const describe = (bin: RolloutTraffic) =>
    `${clockTime(bin.bucket * 1000, Date.now())}: candidate ${percent(share(bin.candidate, bin))}, ` +
    `baseline ${percent(share(bin.baseline, bin))}, other ${percent(share(bin.other, bin))} of ${count(total(bin))}`;
  return (
    <Plot
      title="Share of traffic"
      legend={[
        { series: 'series-baseline', label: 'baseline' },
        { series: 'series-candidate', label: 'candidate' },
        { series: 'series-other', label: 'other versions' },
      ]}
      xs={filled.map((bin) => bin.bucket)}
      xDomain={[first.bucket, Math.max(last.bucket, first.bucket + width)]}
      yDomain={[0, 1]}
      yTicks={[0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: level(at) }))}
      height={170}
      summary={`Newest: ${describe(last)}.`}
      describe={(index) => describe(filled[index] ?? last)}
      table={{
        columns: ['Time', 'Baseline', 'Candidate', 'Other'],
        rows: thinned(filled, TABLE_ROWS).map((bin) => [
          clockTime(bin.bucket * 1000, Date.now()),
          count(bin.baseline),
          count(bin.candidate),
          count(bin.other),
        ]),
      }}
    >
      {({ x, y, clip }) => (
        <g clip-path={clip}>
          {LAYERS.map(({ series, from, to }) => (
            <path
              key={series}
              class={`${series} area`}
              d={bandPath(
                filled.map((bin) => [x(bin.bucket), y(share(to(bin), bin))]),
                filled.map((bin) => [x(bin.bucket), y(share(from(bin), bin))]),
              )}
            />
          ))}
        </g>
      )}
    </Plot>
  );
}
