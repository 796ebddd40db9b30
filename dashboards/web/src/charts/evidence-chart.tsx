import type { MetricEvaluation } from '../api/index.js';
import { clockTime, eValue, powerOfTen } from '../format.js';
import { Plot } from './plot.js';
import { linearTicks, type Range, thinned } from './scale.js';
import { TrajectoryLine } from './trajectory-line.js';

const LN10 = Math.LN10;
const TABLE_ROWS = 200;
/** Evidence far below 1 says only "none"; the room belongs to what lies between 1 and the threshold. */
const LOWEST_DECADE = -2;

function yDomain(decades: readonly number[], threshold: number): Range {
  const low = Math.max(LOWEST_DECADE, Math.min(-0.3, ...decades));
  const high = Math.max(threshold, ...decades);
  return [low, high + (high - low) * 0.1];
}

/** The e-value against "the candidate is no worse" on a logarithmic scale, its threshold, and when it crossed. */
export function EvidenceChart({ evaluation }: { evaluation: MetricEvaluation }) {
  const { trajectory, harm } = evaluation;
  const first = trajectory[0];
  const last = trajectory.at(-1);
  if (!first || !last) return null;
  const threshold = harm.logThreshold / LN10;
  const decades = trajectory.map((point) => point.logE / LN10);
  const domain = yDomain(decades, threshold);
  const fired = trajectory.find((point) => point.bucket === harm.firedAtBucket);
  const ticks = linearTicks(domain, 5).filter((tick) => Number.isInteger(tick));
  const now = Date.now();
  return (
    <Plot
      title="Evidence of harm, e-value"
      legend={[
        { series: 'series-evidence', label: 'e-value', shape: 'line' },
        { series: 'series-threshold', label: `threshold ${eValue(harm.logThreshold)}`, shape: 'dashed' },
        ...(fired ? [{ series: 'series-fired', label: 'fired', shape: 'dotted' as const }] : []),
      ]}
      xs={trajectory.map((point) => point.bucket)}
      xDomain={[first.bucket, Math.max(last.bucket, first.bucket + 10)]}
      yDomain={domain}
      yTicks={ticks.map((at) => ({ at, label: at === 0 ? '1' : powerOfTen(at) }))}
      height={190}
      summary={
        harm.firedAtBucket === null
          ? `At most ${eValue(harm.maxLogE)} so far; ${eValue(harm.logThreshold)} is needed.`
          : `Passed ${eValue(harm.logThreshold)} at ${clockTime(harm.firedAtBucket * 1000, now)}; at most ${eValue(harm.maxLogE)}.`
      }
      describe={(index) => {
        const point = trajectory[index] ?? last;
        return `${clockTime(point.bucket * 1000, now)}: e-value ${eValue(point.logE)}, threshold ${eValue(harm.logThreshold)}`;
      }}
      table={{
        columns: ['Time', 'e-value', 'Threshold'],
        rows: thinned(trajectory, TABLE_ROWS).map((point) => [
          clockTime(point.bucket * 1000, now),
          eValue(point.logE),
          eValue(harm.logThreshold),
        ]),
      }}
    >
      {({ x, y, left, right, top, bottom, clip }) => (
        <g clip-path={clip}>
          <line class="zero" x1={left} x2={right} y1={y(0)} y2={y(0)} />
          <line class="series-threshold line dashed" x1={left} x2={right} y1={y(threshold)} y2={y(threshold)} />
          {fired && (
            <line class="series-fired line dotted" x1={x(fired.bucket)} x2={x(fired.bucket)} y1={top} y2={bottom} />
          )}
          <TrajectoryLine
            series="series-evidence"
            points={trajectory.map((point, index) => [x(point.bucket), y(decades[index] ?? 0)])}
          />
          {fired && <circle class="series-fired dot" cx={x(fired.bucket)} cy={y(fired.logE / LN10)} r="4" />}
        </g>
      )}
    </Plot>
  );
}
