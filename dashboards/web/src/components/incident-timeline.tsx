import type { IncidentEvent } from '../api/index.js';
import { words } from '../format.js';
import { Time } from './time.js';

const TONES: Readonly<Record<string, string>> = {
  opened: 'bad',
  rollback_attempt_failed: 'bad',
  rollback_failed: 'bad',
  rollback_unconfirmed: 'bad',
  notification_failed: 'bad',
  rollback_confirmed: 'good',
  rollback_accepted: 'good',
  resolved: 'good',
  approved: 'good',
  approval_requested: 'wait',
};

/** What is worth a line: short, flat values. The rest is in the API. */
function facts(data: IncidentEvent['data']): { name: string; text: string }[] {
  return Object.entries(data).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [{ name, text: typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value) }]
      : [],
  );
}

/** Everything that happened, oldest first. */
export function IncidentTimeline({ events }: { events: readonly IncidentEvent[] }) {
  const ordered = [...events].sort((a, b) => a.at.localeCompare(b.at));
  return (
    <ol class="timeline">
      {ordered.map((event) => (
        <li key={event.id} class={`tone-${TONES[event.kind] ?? 'quiet'}`}>
          <Time at={event.at} />
          <div>
            <p>
              <span class="surface">{words(event.kind)}</span> {event.message}
            </p>
            <EventFacts data={event.data} />
          </div>
        </li>
      ))}
    </ol>
  );
}

function EventFacts({ data }: { data: IncidentEvent['data'] }) {
  const shown = facts(data);
  if (shown.length === 0) return null;
  return (
    <dl class="facts">
      {shown.map(({ name, text }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
