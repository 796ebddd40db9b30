import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldIncident, incidentEvent, rollbackAcceptedAt } from '../../src/incidents/index.js';
import { INCIDENT_EVENT_KINDS, type IncidentEvent, type IncidentEventKind } from '../../src/model/index.js';

const incident = { id: 'inc_1', openedAt: 1000 };

const event = (kind: IncidentEventKind, at: number, which: string[] = []): IncidentEvent =>
  incidentEvent({ incidentId: incident.id, kind, at, message: kind, which });

/** Events of a story, one second apart. */
const story = (...kinds: IncidentEventKind[]) => kinds.map((kind, index) => event(kind, 1000 + index * 1000));

const stateAfter = (...kinds: IncidentEventKind[]) => foldIncident(incident, story(...kinds)).state;

const anyEvents = fc.array(
  fc.record({ kind: fc.constantFrom(...INCIDENT_EVENT_KINDS), at: fc.integer({ min: 0, max: 5 }), which: fc.nat(2) }),
  { maxLength: 20 },
);

describe('an incident', () => {
  it('is open without events', () => {
    expect(foldIncident(incident, [])).toEqual({ state: 'open', acknowledged: false, updatedAt: 1000 });
  });

  it('goes from the request to the proof', () => {
    expect(stateAfter('opened', 'rollback_requested')).toBe('rolling_back');
    expect(stateAfter('opened', 'rollback_requested', 'rollback_attempt_failed', 'rollback_accepted')).toBe(
      'rolling_back',
    );
    expect(stateAfter('rollback_requested', 'rollback_accepted', 'traffic_moving', 'rollback_confirmed')).toBe(
      'rolled_back',
    );
  });

  it('is never rolled back because the registry said so', () => {
    expect(stateAfter('opened', 'rollback_accepted')).toBe('rolling_back');
    expect(stateAfter('opened', 'rollback_confirmed')).toBe('open');
  });

  it('is unconfirmed when the registry refuses or traffic does not move, and confirmed when it moves late', () => {
    expect(stateAfter('rollback_requested', 'rollback_failed')).toBe('rollback_unconfirmed');
    expect(stateAfter('rollback_requested', 'rollback_accepted', 'rollback_unconfirmed')).toBe('rollback_unconfirmed');
    expect(stateAfter('rollback_requested', 'rollback_unconfirmed', 'rollback_confirmed')).toBe('rolled_back');
  });

  it('waits for a person who approves or rejects', () => {
    expect(stateAfter('opened', 'approval_requested')).toBe('awaiting_approval');
    expect(stateAfter('approval_requested', 'approved', 'rollback_requested')).toBe('rolling_back');
    const rejected = foldIncident(incident, story('approval_requested', 'rejected'));
    expect(rejected).toMatchObject({ state: 'open', acknowledged: true });
  });

  it('stays resolved', () => {
    expect(stateAfter('resolved', 'rollback_requested', 'rollback_failed')).toBe('resolved');
  });

  it('keeps what was proven when an older doubt is repeated', () => {
    expect(stateAfter('rollback_requested', 'rollback_confirmed', 'rollback_unconfirmed', 'rollback_failed')).toBe(
      'rolled_back',
    );
  });

  it('orders events of the same millisecond as they happen in life', () => {
    const same = [event('rollback_accepted', 2000), event('rollback_requested', 2000), event('approved', 2000)];
    expect(foldIncident(incident, [...same, event('approval_requested', 2000)]).state).toBe('rolling_back');
  });

  it('does not depend on the order or the repetition of its events', () => {
    fc.assert(
      fc.property(anyEvents, fc.infiniteStream(fc.nat()), (drafts, stream) => {
        const events = drafts.map(({ kind, at, which }) => event(kind, at, [String(which)]));
        const shuffled = events
          .map((value) => ({ value, key: stream.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ value }) => value);
        expect(foldIncident(incident, [...shuffled, ...events, ...shuffled])).toEqual(foldIncident(incident, events));
      }),
    );
  });

  it('is not moved by the events of another incident', () => {
    const other = story('rollback_requested').map((line) => ({ ...line, incidentId: 'inc_2' }));
    expect(foldIncident(incident, other)).toEqual(foldIncident(incident, []));
  });
});

describe('acceptance', () => {
  it('counts from the last registry that was asked', () => {
    const requested = [event('rollback_requested', 1, ['a']), event('rollback_requested', 1, ['b'])];
    const first = event('rollback_accepted', 5, ['a']);
    expect(rollbackAcceptedAt(requested)).toBeNull();
    expect(rollbackAcceptedAt([...requested, first, first])).toBeNull();
    expect(rollbackAcceptedAt([...requested, event('rollback_accepted', 9, ['b']), first])).toBe(9);
  });
});
