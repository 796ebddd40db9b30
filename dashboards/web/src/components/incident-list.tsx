import type { IncidentSummary } from '../api/index.js';
import { targetName } from '../format.js';
import { SeverityBadge, StateBadge } from './badges.js';
import { Time } from './time.js';

export function IncidentList({ incidents }: { incidents: readonly IncidentSummary[] }) {
  return (
    <ul class="rows">
      {incidents.map((incident) => (
        <li key={incident.id} class={`row state-${incident.state}`}>
          <div class="row-main">
            <a class="row-title" href={`/incidents/${encodeURIComponent(incident.id)}`}>
              {incident.title}
            </a>
            <p class="row-meta">
              <span>{targetName(incident.target)}</span>
              <span>
                opened <Time at={incident.openedAt} only="relative" />
              </span>
              {incident.acknowledged && <span>acknowledged</span>}
            </p>
          </div>
          <div class="row-side">
            <SeverityBadge severity={incident.severity} />
            <StateBadge state={incident.state} />
          </div>
        </li>
      ))}
    </ul>
  );
}
