import { describe, expect, it } from 'vitest';
import { openIncident, verificationEvent } from '../../src/incidents/index.js';
import { makeEvaluation, makeGate, makeRollout } from './rollout-fixture.js';

describe('opening an incident', () => {
  it('is the same incident however often the verdict is reached', () => {
    expect(openIncident(makeRollout(), makeGate())).toEqual(openIncident(makeRollout(), makeGate()));
    const later = openIncident(makeRollout(), makeGate({ at: 9e12 }));
    expect(later.incident.id).toBe(openIncident(makeRollout(), makeGate()).incident.id);
    expect(later.events[0]?.id).toBe(openIncident(makeRollout(), makeGate()).events[0]?.id);
  });

  it('says in its title what changed, what it does and where', () => {
    const title = (blame: string[]) => openIncident(makeRollout(), makeGate({ blame })).incident.title;
    expect(title(['compliance'])).toBe(
      'prompt v13 breaks structured output (support-bot · production · support-triage)',
    );
    expect(title(['errors', 'tone'])).toContain('prompt v13 makes calls fail and is worse on tone (');
    expect(title(['errors', 'compliance', 'task_success', 'tone'])).toContain(
      'makes calls fail, breaks structured output and 2 more',
    );
  });

  it('names several surfaces, and those without a tag', () => {
    const rollout = makeRollout({ changed: ['prompt', 'tools'], candidate: { prompt: 'p'.repeat(64), tools: '' } });
    expect(openIncident(rollout, makeGate()).incident.title).toContain(`prompt ${'p'.repeat(39)}… · untagged tools`);
  });

  it('gives one finding per blamed metric, with its numbers in one sentence', () => {
    const gate = makeGate({ evaluations: [makeEvaluation(), makeEvaluation({ metric: 'errors' })] });
    const { findings, incident, events } = openIncident(makeRollout(), gate);
    expect(findings.map(({ metric }) => metric)).toEqual(['compliance']);
    expect(findings[0]).toMatchObject({ incidentId: incident.id, severity: 'error' });
    expect(findings[0]?.sentence).toBe(
      'Output that does not parse as it stands or violates its JSON Schema: 4.9 % of 1,270 (3.6 % to 6.4 %) with the ' +
        'candidate against 0.30 % of 11,430 (0.18 % to 0.46 %) with the baseline, +4.6 points (95 % interval +2.1 to ' +
        '+7.4); evidence 1.8 × 10¹² against a threshold of 200.',
    );
    expect(events[0]?.message).toBe(findings[0]?.sentence);
    expect(JSON.parse(findings[0]?.evidence ?? '')).toEqual(makeEvaluation());
  });

  it('is critical when the harm or the traffic is large', () => {
    const severity = (gate = makeGate()) => openIncident(makeRollout(), gate).incident.severity;
    expect(severity()).toBe('error');
    expect(severity(makeGate({ candidateShare: 0.5 }))).toBe('critical');
    const difference = { estimate: 0.2, lower: 0.1, upper: 0.3, level: 0.95 };
    expect(severity(makeGate({ evaluations: [makeEvaluation({ difference })] }))).toBe('critical');
  });
});

describe('the line a verification adds', () => {
  it('tells of the proof with the recovered rate', () => {
    const event = verificationEvent(
      'inc_1',
      {
        kind: 'confirmed',
        buckets: [10, 20],
        share: 0,
        baseline: 1234,
        metrics: [{ metric: 'compliance', n: 1000, failures: 3, rate: 0.003 }],
      },
      30_000,
    );
    expect(event).toMatchObject({ kind: 'rollback_confirmed', at: 30_000 });
    expect(event?.message).toBe(
      'Traffic is back: the candidate answers 0.0 % in 2 buckets in a row, 1,234 generations ran other versions; ' +
        'compliance fails 0.30 % of 1,000.',
    );
  });

  it('says why nothing is proven, and nothing while there is nothing to say', () => {
    const event = verificationEvent('inc_1', { kind: 'unconfirmed', reason: 'share_left', share: 0.098 }, 1);
    expect(event?.message).toContain('the candidate still answers 9.8 % of it');
    expect(verificationEvent('inc_1', { kind: 'waiting' }, 1)).toBeNull();
  });
});
