import type { Deployment, Finding, IncidentSummary, RolloutSummary, TargetSummary } from '../api/index.js';
import { FindingList } from '../components/finding-list.js';
import { IncidentList } from '../components/incident-list.js';
import { Loaded, Page, Section } from '../components/page.js';
import { RolloutList } from '../components/rollout-list.js';
import { TargetPanel } from '../components/target-panel.js';
import { Time } from '../components/time.js';
import { shortVersion, targetName } from '../format.js';
import { listPath } from '../request.js';
import { useResource } from '../resource.js';

export function TargetView({ id }: { id: string }) {
  const targets = useResource<{ targets: TargetSummary[] }>('/targets', ['vectors', 'rollouts', 'incidents']);
  const target = targets.data?.targets.find(({ targetId }) => targetId === id);
  return (
    <Page title={target ? targetName(target) : 'Target'} kicker="Target">
      <Loaded resource={targets} what="target">
        {() =>
          target === undefined ? (
            <p>
              Leeway knows no target with the id <code>{id}</code>. <a href="/">All targets</a>.
            </p>
          ) : (
            <TargetRooms target={target} />
          )
        }
      </Loaded>
    </Page>
  );
}

function TargetRooms({ target }: { target: TargetSummary }) {
  const parameters = { target: target.targetId };
  const rollouts = useResource<{ rollouts: RolloutSummary[] }>(listPath('/rollouts', parameters), ['rollouts']);
  const incidents = useResource<{ incidents: IncidentSummary[] }>(listPath('/incidents', parameters), ['incidents']);
  return (
    <>
      <Section title="Live versions" note="closed buckets of the last hour">
        <TargetPanel target={target} linked={false} />
      </Section>
      <p class="row-meta">
        <a href={`/catalog/${encodeURIComponent(target.targetId)}`}>
          Catalogue: every version, its content and its users
        </a>
      </p>
      <Section title="Rollouts">
        <Loaded resource={rollouts} what="rollouts">
          {({ rollouts: all }) =>
            all.length === 0 ? (
              <p class="muted">None yet: this target has only ever served one version of each surface.</p>
            ) : (
              <RolloutList rollouts={all} withTarget={false} />
            )
          }
        </Loaded>
      </Section>
      <Section title="Incidents">
        <Loaded resource={incidents} what="incidents">
          {({ incidents: all }) => (all.length === 0 ? <p class="muted">None.</p> : <IncidentList incidents={all} />)}
        </Loaded>
      </Section>
      <QuietFindings target={target} />
      <Deployments target={target} />
    </>
  );
}

/** What is worth knowing and nobody's emergency: it goes on, and has opened no incident. */
function QuietFindings({ target }: { target: TargetSummary }) {
  const path = listPath('/findings', { target: target.targetId, ongoing: 'true' });
  const { data } = useResource<{ findings: Finding[] }>(path, ['incidents']);
  const quiet = data?.findings.filter(({ incidentId }) => incidentId === '') ?? [];
  if (quiet.length === 0) return null;
  return (
    <Section title="Findings" note="worth knowing; they open no incident">
      <FindingList findings={quiet} />
    </Section>
  );
}

function Deployments({ target }: { target: TargetSummary }) {
  const path = listPath('/deployments', { service: target.service });
  const deployments = useResource<{ deployments: Deployment[] }>(path, ['rollouts']);
  return (
    <Section title="Deployment events" note={target.service}>
      <Loaded resource={deployments} what="deployment events">
        {({ deployments: all }) =>
          all.length === 0 ? (
            <p class="muted">No registry has reported one.</p>
          ) : (
            <table class="cards sheet">
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Surface</th>
                  <th scope="col">Version</th>
                  <th scope="col">By</th>
                  <th scope="col">Comment</th>
                </tr>
              </thead>
              <tbody>
                {all.map((deployment) => (
                  <tr key={deployment.id}>
                    <td data-label="When">
                      <Time at={deployment.at} />
                    </td>
                    <td data-label="Surface">{deployment.surface}</td>
                    <td data-label="Version">
                      {deployment.previousVersion !== '' && <code>{shortVersion(deployment.previousVersion)}</code>}
                      {deployment.previousVersion !== '' && ' → '}
                      <code>{shortVersion(deployment.version)}</code>
                    </td>
                    <td data-label="By">{deployment.actor || deployment.source}</td>
                    <td data-label="Comment">{deployment.comment}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </Section>
  );
}
