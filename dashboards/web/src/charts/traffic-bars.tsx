import type { VectorSummary } from '../api/index.js';
import { clockTime, count, plural } from '../format.js';
import { type Frame, Plot } from './plot.js';
import { linearTicks } from './scale.js';
import { type Bin, trafficBins } from './traffic-bins.js';
import { distinguishingName, vectorSeries } from './vector-series.js';

/** Generations over the last hour, or since the first of them, stacked by version vector. */
export function TrafficBars({ vectors, now }: { vectors: readonly VectorSummary[]; now: number }) {
  const { binSeconds, start, end, bins } = trafficBins(vectors, now / 1000);
  const series = vectorSeries(vectors);
  const classes = vectors.map((vector) => series.get(vector.vectorId) ?? 'series-other');
  const names = vectors.map((vector) => distinguishingName(vector, vectors));
  const most = Math.max(1, ...bins.map((bin) => bin.total));
  const sum = bins.reduce((all, bin) => all + bin.total, 0);
  return (
    <Plot
      title={binSeconds === 60 ? 'Generations a minute' : `Generations in ${binSeconds} s`}
      legend={names.map((label, index) => ({ series: classes[index] ?? 'series-other', label }))}
      xs={bins.map((bin) => bin.at)}
      xDomain={[start, end]}
      yDomain={[0, most * 1.05]}
      yTicks={linearTicks([0, most], 3)
        .filter(Number.isInteger)
        .map((at) => ({ at, label: count(at) }))}
      height={150}
      summary={`${plural(sum, 'generation')} in the last hour, ${plural(vectors.length, 'version vector')}.`}
      describe={(index) => describe(bins[index], names, now)}
      table={{
        columns: ['From', ...names],
        rows: bins
          .filter((bin) => bin.total > 0)
          .map((bin) => [clockTime(bin.at * 1000, now), ...bin.counts.map(count)]),
      }}
    >
      {(frame) =>
        bins.map((bin) => (
          <StackedBar key={bin.at} bin={bin} until={bin.at + binSeconds} frame={frame} classes={classes} />
        ))
      }
    </Plot>
  );
}

function describe(bin: Bin | undefined, names: readonly string[], now: number): string {
  if (!bin) return '';
  const parts = bin.counts.flatMap((n, which) => (n > 0 ? [`${names[which]} ${count(n)}`] : []));
  return [`${clockTime(bin.at * 1000, now)}: ${plural(bin.total, 'generation')}`, ...parts].join(', ');
}

function StackedBar(props: { bin: Bin; until: number; frame: Frame; classes: readonly string[] }) {
  const { bin, frame, classes } = props;
  const left = frame.x(bin.at);
  const width = Math.max(1, frame.x(props.until) - left - 1);
  let below = 0;
  return (
    <g>
      {bin.counts.map((n, which) => {
        const from = below;
        below += n;
        const [top, bottom] = [frame.y(below), frame.y(from)];
        return n > 0 ? (
          <rect key={below} class={`${classes[which]} area`} x={left} y={top} width={width} height={bottom - top} />
        ) : null;
      })}
    </g>
  );
}
