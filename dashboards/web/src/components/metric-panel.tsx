import type { MetricEvaluation } from '../api/index.js';
import { DifferenceChart } from '../charts/difference-chart.js';
import { EvidenceChart } from '../charts/evidence-chart.js';
import { eValue, level, metricTitle, points } from '../format.js';
import { RateWithInterval } from './rate.js';

/** What harm on a metric does. */
const ACTS = { rollback: 'acts', hold: 'holds the rollout', notify: 'tells' } as const;

/** Measured values are known to a tenth. */
function significant(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en-US', { maximumSignificantDigits: 2 });
}

/** One metric of a rollout: the question, both arms, the difference over time, the evidence over time. */
export function MetricPanel({ evaluation, blamed }: { evaluation: MetricEvaluation; blamed: boolean }) {
  const { baseline, candidate, difference, harm, fall, measured, promotion, policy } = evaluation;
  return (
    <article class={`panel metric ${blamed ? 'blamed' : ''}`}>
      <h3>
        {metricTitle(evaluation.metric)}
        <span class="note">{evaluation.question}</span>
      </h3>
      <dl class="figures">
        <div>
          <dt>
            <span class="arm-dot series-baseline" aria-hidden="true" /> Baseline
          </dt>
          <dd>
            <RateWithInterval estimate={baseline} />
          </dd>
        </div>
        <div>
          <dt>
            <span class="arm-dot series-candidate" aria-hidden="true" /> Candidate
          </dt>
          <dd>
            <RateWithInterval estimate={candidate} />
          </dd>
        </div>
        <div>
          <dt>Difference</dt>
          <dd>
            <b>{points(difference.estimate)} points</b>
            <span class="interval">
              {points(difference.lower)} to {points(difference.upper)}
            </span>
          </dd>
        </div>
        <div>
          <dt>Evidence of harm</dt>
          <dd>
            <b>{eValue(harm.maxLogE)}</b> <span class="muted">of {eValue(harm.logThreshold)}</span>
            <span class="interval">{harm.firedAtBucket === null ? 'not fired' : 'fired'}</span>
          </dd>
        </div>
        {fall && (
          <div>
            <dt>Evidence of a fall</dt>
            <dd>
              <b>{eValue(fall.maxLogE)}</b> <span class="muted">of {eValue(fall.logThreshold)}</span>
              <span class="interval">{fall.firedAtBucket === null ? 'not fired' : fall.meaning}</span>
            </dd>
          </div>
        )}
        {measured?.quantiles.map(({ quantile, baseline: before, candidate: after }) => (
          <div key={quantile}>
            <dt>p{quantile * 100}</dt>
            <dd>
              <b>
                {significant(after)} {measured.unit}
              </b>
              <span class="interval">
                baseline {significant(before)} {measured.unit}
              </span>
            </dd>
          </div>
        ))}
        <div>
          <dt>Evidence of safety</dt>
          <dd>
            <b>{eValue(promotion.logE)}</b> <span class="muted">of {eValue(promotion.logThreshold)}</span>
            <span class="interval">
              {promotion.passed ? 'passed' : 'not passed'}, margin {level(promotion.margin)}
            </span>
          </dd>
        </div>
      </dl>
      {evaluation.trajectory.length > 0 ? (
        <div class="chart-pair">
          <DifferenceChart evaluation={evaluation} />
          <EvidenceChart evaluation={evaluation} />
        </div>
      ) : (
        <p class="muted">No bucket with both arms yet.</p>
      )}
      <p class="row-meta">
        <span>failure: {evaluation.failure}</span>
        <span>{evaluation.method}</span>
        <span>
          {ACTS[policy.onHarm]} from{' '}
          {measured ? `${level(policy.harmFloor)} more` : `${points(policy.harmFloor)} points`} and{' '}
          {policy.minimumFailures} failures
        </span>
      </p>
    </article>
  );
}
