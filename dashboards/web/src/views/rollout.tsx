import type { MetricEvaluation, RolloutDetail } from '../api/index.js';
import { ShareChart } from '../charts/share-chart.js';
import { RolloutAttribution } from '../components/attribution-panel.js';
import { RolloutBadge, VerdictBadge } from '../components/badges.js';
import { BehaviourPanel } from '../components/behaviour-panel.js';
import { FailingExamples } from '../components/failing-examples.js';
import { MetricPanel } from '../components/metric-panel.js';
import { Loaded, Page, Section } from '../components/page.js';
import { StageLadder } from '../components/stage-ladder.js';
import { Time } from '../components/time.js';
import { VerdictPanel } from '../components/verdict-panel.js';
import { ChangeList } from '../components/versions.js';
import { shortVersion, stageName, targetName } from '../format.js';
import { useResource } from '../resource.js';

function titleOf(rollout: RolloutDetail): string {
  return rollout.changed
    .map(
      (surface) =>
        `${surface} ${shortVersion(rollout.baseline[surface] ?? '')} → ${shortVersion(rollout.candidate[surface] ?? '')}`,
    )
    .join(', ');
}

export function RolloutView({ id }: { id: string }) {
  const resource = useResource<RolloutDetail>(`/rollouts/${encodeURIComponent(id)}`, ['rollouts', 'vectors']);
  const rollout = resource.data;
  return (
    <Page
      title={rollout ? titleOf(rollout) : 'Rollout'}
      kicker={
        rollout ? (
          <>
            Rollout of{' '}
            <a href={`/targets/${encodeURIComponent(rollout.target.targetId)}`}>{targetName(rollout.target)}</a>
          </>
        ) : (
          'Rollout'
        )
      }
      aside={rollout ? <RolloutBadge status={rollout.status} /> : undefined}
    >
      <Loaded resource={resource} what="rollout">
        {(data) => <RolloutRooms rollout={data} />}
      </Loaded>
    </Page>
  );
}

function RolloutRooms({ rollout }: { rollout: RolloutDetail }) {
  const decided = rollout.latched ?? rollout.gate;
  const blamed = decided.blame;
  const failing = rollout.gate.evaluations.filter(
    ({ metric, candidate }) => candidate.failures > 0 && (blamed.length === 0 || blamed.includes(metric)),
  );
  return (
    <>
      <div class="summary">
        {rollout.changed.length > 1 && (
          <ChangeList changed={rollout.changed} baseline={rollout.baseline} candidate={rollout.candidate} />
        )}
        <StageLadder stages={rollout.stages} stage={rollout.stage} />
        <p class="row-meta">
          <span>{rollout.origin}</span>
          <span>mode {rollout.mode}</span>
          <span>
            started <Time at={rollout.startedAt} />
          </span>
          {rollout.incidentId !== null && (
            <a href={`/incidents/${encodeURIComponent(rollout.incidentId)}`}>Incident and its timeline</a>
          )}
        </p>
      </div>
      {rollout.latched ? (
        <VerdictPanel gate={rollout.latched} title="Latched verdict:" />
      ) : (
        <VerdictPanel gate={rollout.gate} title="Verdict:" />
      )}
      <RolloutAttribution rolloutId={rollout.id} metrics={harmed(decided)} />
      <Section title="Metrics" note="failures of the candidate against the baseline, compared within strata">
        {rollout.gate.evaluations.length === 0 && <p class="muted">Nothing has been judged yet.</p>}
        {blamedFirst(rollout.gate.evaluations, blamed)
          .filter(isCounted)
          .map((evaluation) => (
            <MetricPanel key={evaluation.metric} evaluation={evaluation} blamed={blamed.includes(evaluation.metric)} />
          ))}
      </Section>
      <BehaviourPanel rolloutId={rollout.id} />
      <Section title="Traffic">
        <div class="panel">
          <ShareChart traffic={rollout.traffic} />
        </div>
      </Section>
      {failing.length > 0 && (
        <Section title="Failing generations of the candidate">
          {failing.map(({ metric }) => (
            <FailingExamples key={metric} rollout={rollout} metric={metric} />
          ))}
        </Section>
      )}
      <History history={rollout.history} />
    </>
  );
}

/** What the verdict blames, else what has fired without rolling back. */
function harmed({ blame, evaluations }: RolloutDetail['gate']): readonly string[] {
  if (blame.length > 0) return blame;
  const fired = evaluations.filter(({ harm, fall }) => harm.firedAtBucket !== null || fall?.firedAtBucket != null);
  return fired.map(({ metric }) => metric);
}

/** Most targets have no units of most metrics. */
function isCounted({ baseline, candidate }: MetricEvaluation): boolean {
  return baseline.n + candidate.n > 0;
}

function blamedFirst(evaluations: readonly MetricEvaluation[], blamed: readonly string[]): MetricEvaluation[] {
  const rank = ({ metric }: MetricEvaluation) => (blamed.includes(metric) ? 0 : 1);
  return [...evaluations].sort((a, b) => rank(a) - rank(b));
}

function History({ history }: { history: RolloutDetail['history'] }) {
  return (
    <Section title="History">
      <ol class="timeline">
        {history.map((entry) => (
          <li key={entry.revision}>
            <Time at={entry.at} />
            <div>
              <RolloutBadge status={entry.status} /> at {stageName(entry.stage)}{' '}
              <VerdictBadge verdict={entry.verdict} />
              {entry.reasons.map((reason) => (
                <p key={reason} class="row-detail">
                  {reason}
                </p>
              ))}
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}
