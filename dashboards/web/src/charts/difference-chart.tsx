import type { MetricEvaluation, TrajectoryPoint } from '../api/index.js';
import { clockTime, count, level, points } from '../format.js';
import { Plot } from './plot.js';
import { bandPath, linearTicks, type Range, thinned } from './scale.js';
import { TrajectoryLine } from './trajectory-line.js';

const TABLE_ROWS = 200;
/** The first intervals span everything; the scale is chosen so that the later part of the sequence can be read. */
const SCALED_FROM = 0.35;

function yDomain(trajectory: readonly TrajectoryPoint[], harmFloor: number): Range {
  const later = trajectory.slice(Math.floor(trajectory.length * SCALED_FROM));
  const low = Math.min(0, ...later.map((point) => point.lower));
  const high = Math.max(harmFloor, 0, ...later.map((point) => point.upper));
  const margin = Math.max(0.005, (high - low) * 0.08);
  return [Math.max(-1, low - margin), Math.min(1, high + margin)];
}

function describePoint(point: TrajectoryPoint): string {
  return (
    `${clockTime(point.bucket * 1000, Date.now())}: ${points(point.difference)} points ` +
    `[${points(point.lower)}, ${points(point.upper)}], n ${count(point.candidateN)} candidate, ${count(point.baselineN)} baseline`
  );
}

/** Candidate minus baseline failure rate, with its confidence sequence: valid at every moment one looks. */
export function DifferenceChart({ evaluation }: { evaluation: MetricEvaluation }) {
  const { trajectory, policy, difference } = evaluation;
  const first = trajectory[0];
  const last = trajectory.at(-1);
  if (!first || !last) return null;
  const domain = yDomain(trajectory, policy.harmFloor);
  return (
    <Plot
      title="Difference in failure rate, percentage points"
      legend={[
        { series: 'series-candidate', label: 'candidate − baseline', shape: 'line' },
        { series: 'series-band', label: `${level(difference.level)} confidence sequence` },
        { series: 'series-floor', label: `harm floor ${points(policy.harmFloor)}`, shape: 'dashed' },
      ]}
      xs={trajectory.map((point) => point.bucket)}
      xDomain={[first.bucket, Math.max(last.bucket, first.bucket + 10)]}
      yDomain={domain}
      yTicks={linearTicks(domain, 5).map((at) => ({ at, label: points(at) }))}
      height={190}
      summary={`Now ${points(difference.estimate)} points, between ${points(difference.lower)} and ${points(difference.upper)}.`}
      describe={(index) => describePoint(trajectory[index] ?? last)}
      table={{
        columns: ['Time', 'Difference', 'Lower', 'Upper', 'n baseline', 'n candidate'],
        rows: thinned(trajectory, TABLE_ROWS).map((point) => [
          clockTime(point.bucket * 1000, Date.now()),
          points(point.difference),
          points(point.lower),
          points(point.upper),
          count(point.baselineN),
          count(point.candidateN),
        ]),
      }}
    >
      {({ x, y, left, right, clip }) => (
        <g clip-path={clip}>
          <path
            class="series-band area"
            d={bandPath(
              trajectory.map((point) => [x(point.bucket), y(point.upper)]),
              trajectory.map((point) => [x(point.bucket), y(point.lower)]),
            )}
          />
          <line class="zero" x1={left} x2={right} y1={y(0)} y2={y(0)} />
          <line
            class="series-floor line dashed"
            x1={left}
            x2={right}
            y1={y(policy.harmFloor)}
            y2={y(policy.harmFloor)}
          />
          <TrajectoryLine
            series="series-candidate"
            points={trajectory.map((point) => [x(point.bucket), y(point.difference)])}
          />
        </g>
      )}
    </Plot>
  );
}
