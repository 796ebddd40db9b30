import type { IncidentSummary, RolloutSummary, TargetSummary } from '../api/index.js';
import { EmptyState } from '../components/empty-state.js';
import { IncidentList } from '../components/incident-list.js';
import { Loaded, Page, Section } from '../components/page.js';
import { RolloutList } from '../components/rollout-list.js';
import { TargetPanel } from '../components/target-panel.js';
import { count, plural, targetName } from '../format.js';
import { useResource } from '../resource.js';

/** Each panel is a request and a chart; the other targets are links. */
const MOST_PANELS = 8;

function byUrgency(a: TargetSummary, b: TargetSummary): number {
  return b.openIncidents - a.openIncidents || b.runningRollouts - a.runningRollouts || b.generations - a.generations;
}

export function OverviewView() {
  const targets = useResource<{ targets: TargetSummary[] }>('/targets', ['vectors', 'rollouts', 'incidents']);
  const incidents = useResource<{ incidents: IncidentSummary[] }>('/incidents', ['incidents']);
  const rollouts = useResource<{ rollouts: RolloutSummary[] }>('/rollouts?status=running', ['rollouts']);
  return (
    <Page title="Overview">
      <Loaded resource={incidents} what="incidents">
        {({ incidents: all }) => <OpenIncidents incidents={all.filter(({ state }) => state !== 'resolved')} />}
      </Loaded>
      <Loaded resource={rollouts} what="rollouts">
        {({ rollouts: running }) =>
          running.length === 0 ? null : (
            <Section title="Running rollouts">
              <RolloutList rollouts={running} withTarget />
            </Section>
          )
        }
      </Loaded>
      <Loaded resource={targets} what="targets">
        {({ targets: all }) => (all.length === 0 ? <EmptyState /> : <Targets targets={[...all].sort(byUrgency)} />)}
      </Loaded>
    </Page>
  );
}

function OpenIncidents({ incidents }: { incidents: IncidentSummary[] }) {
  if (incidents.length === 0) return null;
  return (
    <Section title="Open incidents" note={plural(incidents.length, 'incident')}>
      <IncidentList incidents={incidents} />
    </Section>
  );
}

function Targets({ targets }: { targets: TargetSummary[] }) {
  const others = targets.slice(MOST_PANELS);
  return (
    <Section title="Live versions" note="closed buckets of the last hour">
      <div class="panels">
        {targets.slice(0, MOST_PANELS).map((target) => (
          <TargetPanel key={target.targetId} target={target} linked />
        ))}
      </div>
      {others.length > 0 && (
        <ul class="rows">
          {others.map((target) => (
            <li key={target.targetId} class="row">
              <a class="row-title" href={`/targets/${encodeURIComponent(target.targetId)}`}>
                {targetName(target)}
              </a>
              <span class="muted">
                {count(target.generations)} generations, {plural(target.vectors, 'version vector')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
