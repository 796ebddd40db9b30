import { SURFACES, type VectorSummary } from '../api.js';
import { clockTime, count, plural, versionText } from '../format.js';
import { Plot } from './plot.js';
import { linearTicks } from './scale.js';
import { vectorSeries } from './vector-series.js';

const BAR_SECONDS = 60;
const BARS = 60;

interface Bar {
  at: number;
  /** In the order of the vectors. */
  counts: number[];
  total: number;
}

function barsOf(vectors: readonly VectorSummary[], end: number): Bar[] {
  const start = end - BARS * BAR_SECONDS;
  const bars = Array.from({ length: BARS }, (_, index) => ({
    at: start + index * BAR_SECONDS,
    counts: vectors.map(() => 0),
    total: 0,
  }));
  for (const [which, vector] of vectors.entries())
    for (const { bucket, n } of vector.traffic) {
      const bar = bars[Math.floor((bucket - start) / BAR_SECONDS)];
      if (!bar) continue;
      bar.counts[which] = (bar.counts[which] ?? 0) + n;
      bar.total += n;
    }
  return bars;
}

/** Only the surfaces on which the vectors differ tell them apart. */
export function distinguishingName(vector: VectorSummary, vectors: readonly VectorSummary[]): string {
  const differing = SURFACES.filter(
    (surface) => new Set(vectors.map((other) => other.versions[surface].value)).size > 1,
  );
  const shown = differing.length > 0 ? differing : SURFACES.filter((surface) => vector.versions[surface].value !== '');
  return (
    shown.map((surface) => `${surface} ${versionText(vector.versions[surface])}`).join(' · ') || 'no known version'
  );
}

/** Generations a minute over the last hour, by version vector. */
export function TrafficBars({ vectors, now }: { vectors: readonly VectorSummary[]; now: number }) {
  const end = (Math.floor(now / 1000 / BAR_SECONDS) + 1) * BAR_SECONDS;
  const bars = barsOf(vectors, end);
  const series = vectorSeries(vectors);
  const names = vectors.map((vector) => distinguishingName(vector, vectors));
  const most = Math.max(1, ...bars.map((bar) => bar.total));
  const sum = bars.reduce((all, bar) => all + bar.total, 0);
  const describe = (bar: Bar | undefined) =>
    bar
      ? `${clockTime(bar.at * 1000, now)}: ${plural(bar.total, 'generation')}${bar.counts.map((n, which) => (n > 0 ? `, ${names[which]} ${count(n)}` : '')).join('')}`
      : '';
  return (
    <Plot
      title="Generations a minute"
      legend={vectors.map((vector, index) => ({
        series: series.get(vector.vectorId) ?? 'series-other',
        label: names[index] ?? vector.vectorId,
      }))}
      xs={bars.map((bar) => bar.at)}
      xDomain={[end - BARS * BAR_SECONDS, end]}
      yDomain={[0, most * 1.05]}
      yTicks={linearTicks([0, most], 3).map((at) => ({ at, label: count(at) }))}
      height={150}
      summary={`${plural(sum, 'generation')} in the last hour, ${plural(vectors.length, 'version vector')}.`}
      describe={(index) => describe(bars[index])}
      table={{
        columns: ['Minute', ...names],
        rows: bars
          .filter((bar) => bar.total > 0)
          .map((bar) => [clockTime(bar.at * 1000, now), ...bar.counts.map(count)]),
      }}
    >
      {({ x, y }) =>
        bars.map((bar) => (
          <StackedBar
            key={bar.at}
            bar={bar}
            x={x}
            y={y}
            classes={vectors.map((vector) => series.get(vector.vectorId) ?? 'series-other')}
          />
        ))
      }
    </Plot>
  );
}

function StackedBar(props: { bar: Bar; x: (v: number) => number; y: (v: number) => number; classes: string[] }) {
  const { bar, x, y, classes } = props;
  const left = x(bar.at);
  const width = Math.max(1, x(bar.at + BAR_SECONDS) - left - 1);
  let below = 0;
  return (
    <g>
      {bar.counts.map((n, which) => {
        const from = below;
        below += n;
        const series = classes[which] ?? 'series-other';
        return n > 0 ? (
          <rect key={below} class={`${series} area`} x={left} y={y(below)} width={width} height={y(from) - y(below)} />
        ) : null;
      })}
    </g>
  );
}
