import type { IncidentDetail } from '../api/index.js';
import { ActionTable } from '../components/action-table.js';
import { AttributionPanel } from '../components/attribution-panel.js';
import { Badge, SeverityBadge, StateBadge } from '../components/badges.js';
import { ConfirmButton } from '../components/confirm-button.js';
import { EvidenceTable } from '../components/evidence-table.js';
import { FindingFacts } from '../components/finding-facts.js';
import { FindingList } from '../components/finding-list.js';
import { IncidentPhases } from '../components/incident-phases.js';
import { IncidentTimeline } from '../components/incident-timeline.js';
import { Loaded, Page, Section } from '../components/page.js';
import { Time } from '../components/time.js';
import { VerdictPanel } from '../components/verdict-panel.js';
import { targetName } from '../format.js';
import { postJson } from '../request.js';
import { useResource } from '../resource.js';

export function IncidentView({ id }: { id: string }) {
  const resource = useResource<IncidentDetail>(`/incidents/${encodeURIComponent(id)}`, ['incidents', 'actions']);
  const incident = resource.data;
  return (
    <Page
      title={incident?.title ?? 'Incident'}
      kicker={
        incident ? (
          <>
            Incident of{' '}
            <a href={`/targets/${encodeURIComponent(incident.target.targetId)}`}>{targetName(incident.target)}</a>
          </>
        ) : (
          'Incident'
        )
      }
      aside={
        incident ? (
          <>
            <SeverityBadge severity={incident.severity} />
            <StateBadge state={incident.state} />
          </>
        ) : undefined
      }
    >
      <Loaded resource={resource} what="incident">
        {(data) => <IncidentRooms incident={data} refresh={resource.refresh} />}
      </Loaded>
    </Page>
  );
}

function IncidentRooms({ incident, refresh }: { incident: IncidentDetail; refresh: () => Promise<void> }) {
  return (
    <>
      <div class="summary">
        {incident.kind === 'rollback' && <IncidentPhases incident={incident} />}
        <p class="row-meta">
          <span>
            opened <Time at={incident.openedAt} />
          </span>
          <span>
            last change <Time at={incident.updatedAt} />
          </span>
          {incident.rolloutId !== '' && (
            <a href={`/rollouts/${encodeURIComponent(incident.rolloutId)}`}>Rollout and its charts</a>
          )}
          <code>{incident.id}</code>
        </p>
        <PersonButtons incident={incident} refresh={refresh} />
      </div>
      {incident.evidence !== null && <VerdictPanel gate={incident.evidence} title="Why it opened:" />}
      {incident.finding !== null && (
        <Section title="What was found" note="as it stood when the incident opened">
          <FindingFacts evidence={incident.finding} sentence={incident.events[0]?.message ?? incident.title} />
        </Section>
      )}
      <AttributionPanel attributions={incident.attributions} note="as traffic had it when the incident opened" />
      <Section title="Actions">
        <ActionTable actions={incident.actions} onChange={refresh} />
      </Section>
      <Section title="Timeline">
        <IncidentTimeline events={incident.events} />
      </Section>
      {incident.evidence !== null && (
        <Section title="Evidence" note="as it stood when the incident opened">
          <EvidenceTable gate={incident.evidence} />
        </Section>
      )}
      {incident.findings.length > 0 && (
        <Section title="Findings" note="as they were seen last">
          <FindingList findings={incident.findings} />
        </Section>
      )}
    </>
  );
}

function PersonButtons({ incident, refresh }: { incident: IncidentDetail; refresh: () => Promise<void> }) {
  const say = (verb: 'acknowledge' | 'resolve') => async (fields: Record<string, string>) => {
    await postJson<IncidentDetail>(`/incidents/${encodeURIComponent(incident.id)}/${verb}`, fields);
    await refresh();
  };
  if (incident.state === 'resolved') return null;
  return (
    <div class="button-row">
      {incident.acknowledged ? (
        <Badge tone="info" mark="✓">
          acknowledged
        </Badge>
      ) : (
        <ConfirmButton
          label="Acknowledge"
          tone="primary"
          question="You take over. Leeway does nothing further by itself about this incident, and stops reminding people."
          run={say('acknowledge')}
        />
      )}
      <ConfirmButton
        label="Resolve"
        withComment
        question="The incident is closed, and those who were told of it are told so."
        run={say('resolve')}
      />
    </div>
  );
}
