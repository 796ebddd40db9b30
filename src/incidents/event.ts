import { type IncidentEvent, type IncidentEventKind, rowId } from '../model/index.js';

/** What a new line of a timeline says; the rest follows from it. */
export interface EventDraft {
  readonly incidentId: string;
  readonly kind: IncidentEventKind;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** One sentence for people. */
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
  /** Tells events of one kind apart within the incident: an action's id, an attempt's number. */
  readonly which?: readonly (string | number)[];
}

/** An event whose id depends on incident, kind and `which` only: written twice, it is the same row. */
export function incidentEvent(draft: EventDraft): IncidentEvent {
  const { incidentId, kind, at, message, data = {}, which = [] } = draft;
  return { id: rowId('evt', incidentId, kind, ...which.map(String)), incidentId, at, kind, message, data };
}
