import type { Gate, MetricEvaluation } from '../api/index.js';
import { clockTime, eValue, level, metricTitle, points } from '../format.js';
import { RateWithInterval } from './rate.js';

/** Every metric of a gate with both arms, the difference and the evidence: one row a metric. */
export function EvidenceTable({ gate }: { gate: Gate }) {
  const counted = gate.evaluations.filter(({ baseline, candidate }) => baseline.n + candidate.n > 0);
  if (counted.length === 0) return <p class="muted">Nothing has been judged yet.</p>;
  return (
    <table class="cards sheet">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col">Baseline</th>
          <th scope="col">Candidate</th>
          <th scope="col">Difference, points</th>
          <th scope="col">Evidence of harm</th>
        </tr>
      </thead>
      <tbody>
        {counted.map((evaluation) => (
          <tr key={evaluation.metric} class={gate.blame.includes(evaluation.metric) ? 'blamed' : ''}>
            <th scope="row" class="lead">
              {metricTitle(evaluation.metric)}
              {gate.blame.includes(evaluation.metric) && <span class="source"> decided it</span>}
            </th>
            <td data-label="Baseline">
              <RateWithInterval estimate={evaluation.baseline} />
            </td>
            <td data-label="Candidate">
              <RateWithInterval estimate={evaluation.candidate} />
            </td>
            <td data-label="Difference, points">
              <b>{points(evaluation.difference.estimate)}</b>
              <span class="interval">
                {points(evaluation.difference.lower)} to {points(evaluation.difference.upper)}
              </span>
            </td>
            <td data-label="Evidence of harm">
              <Evidence evaluation={evaluation} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Evidence({ evaluation: { harm, difference } }: { evaluation: MetricEvaluation }) {
  return (
    <span>
      e-value <b>{eValue(harm.maxLogE)}</b> of {eValue(harm.logThreshold)}
      <span class="interval">
        {harm.firedAtBucket === null
          ? `not fired, ${level(difference.level)} sequence`
          : `fired ${clockTime(harm.firedAtBucket * 1000, Date.now())}`}
      </span>
    </span>
  );
}
