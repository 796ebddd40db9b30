import { buildMessage, type MessageFacts } from '../../src/actions/message.js';
import { foldIncident, incidentEvent, openIncident } from '../../src/incidents/index.js';
import { makeGate, makeRollout } from '../incidents/rollout-fixture.js';

/** The message of the usual incident, whose rollback has been asked of a registry. */
export function makeMessage(overrides: Partial<MessageFacts> = {}) {
  const rollout = makeRollout();
  const { incident, events: opened } = openIncident(rollout, makeGate());
  const requested = incidentEvent({
    incidentId: incident.id,
    kind: 'rollback_requested',
    at: incident.openedAt,
    message: 'Leeway asks prompts to move prompt from v13 back to v12.',
  });
  const events = [...opened, requested];
  return buildMessage({
    actionId: 'act_0123456789abcdef',
    occasion: 'opened',
    incident,
    status: foldIncident(incident, events),
    events,
    rollout,
    deployments: [],
    publicUrl: 'https://leeway.example',
    ...overrides,
  });
}
