import type { IncidentSummary } from '../api/index.js';
import { IncidentList } from '../components/incident-list.js';
import { Loaded, Page, Section } from '../components/page.js';
import { useResource } from '../resource.js';

export function IncidentsView() {
  const incidents = useResource<{ incidents: IncidentSummary[] }>('/incidents', ['incidents']);
  return (
    <Page title="Incidents">
      <Loaded resource={incidents} what="incidents">
        {({ incidents: all }) => {
          const open = all.filter(({ state }) => state !== 'resolved');
          const resolved = all.filter(({ state }) => state === 'resolved');
          return (
            <>
              <Section title="Open">
                {open.length === 0 ? <p class="muted">None. Nothing needs you.</p> : <IncidentList incidents={open} />}
              </Section>
              {resolved.length > 0 && (
                <Section title="Resolved">
                  <IncidentList incidents={resolved} />
                </Section>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
