import type { IncidentDetail } from '../api/index.js';
import { clockTime, duration } from '../format.js';

interface Phase {
  name: string;
  at: number | null;
}

/** From the first evidence to the proof: the moments that matter, and the time between them. */
function phasesOf(incident: IncidentDetail): Phase[] {
  const event = (...kinds: string[]): number | null => {
    const found = incident.events.find(({ kind }) => kinds.includes(kind));
    return found ? Date.parse(found.at) : null;
  };
  const blame = incident.evidence?.blame ?? [];
  const fired = (incident.evidence?.evaluations ?? [])
    .filter(({ metric }) => blame.includes(metric))
    .map(({ harm }) => harm.firedAtBucket)
    .filter((bucket) => bucket !== null);
  return [
    { name: 'Evidence', at: fired.length > 0 ? Math.min(...fired) * 1000 : null },
    { name: 'Incident', at: Date.parse(incident.openedAt) },
    { name: 'Rollback requested', at: event('rollback_requested') },
    { name: 'Registry accepted', at: event('rollback_accepted') },
    incident.state === 'rollback_unconfirmed'
      ? { name: 'Not confirmed', at: event('rollback_unconfirmed') }
      : { name: 'Traffic proves it', at: event('rollback_confirmed') },
  ];
}

export function IncidentPhases({ incident }: { incident: IncidentDetail }) {
  const phases = phasesOf(incident);
  const now = Date.now();
  return (
    <ol class="phases" aria-label="From evidence to proof">
      {phases.map(({ name, at }, index) => {
        const before = phases.slice(0, index).findLast((phase) => phase.at !== null)?.at ?? null;
        return (
          <li key={name} class={at === null ? 'ahead' : 'done'}>
            <span class="phase-name">{name}</span>
            <span class="phase-time">{at === null ? 'not yet' : clockTime(at, now)}</span>
            <span class="phase-gap">
              {at !== null && before !== null && at >= before ? `+ ${duration(at - before)}` : '\u00a0'}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
