import { describe, expect, it } from 'vitest';
import { endedFinding, findingTitle, formatEffect, isGone, reportFinding } from '../../src/incidents/index.js';
import { makeDraft } from './finding-fixture.js';

const NOON = Date.UTC(2026, 10, 23, 12);

describe('a finding', () => {
  it('opens the same incident whoever finds it first, and however often', () => {
    const first = reportFinding(makeDraft(), null, NOON);
    const other = reportFinding(makeDraft({ sentence: 'other numbers' }), null, NOON + 5000);
    expect(first.opens?.incident.id).toBe(other.opens?.incident.id);
    expect(first.finding.id).toBe(other.finding.id);
    expect(first.opens?.incident).toMatchObject({
      kind: 'finding',
      title: 'The model behind gpt-4o was swapped (support-bot · production · support-triage)',
      severity: 'warning',
    });
    expect(reportFinding(makeDraft({ subject: 'o3' }), null, NOON).finding.id).not.toBe(first.finding.id);
  });

  it('is worth an incident from a warning on, and gets one when it becomes a warning', () => {
    const quiet = reportFinding(makeDraft({ severity: 'info' }), null, NOON);
    expect(quiet.opens).toBeNull();
    expect(quiet.finding.incidentId).toBe('');
    const louder = reportFinding(makeDraft(), quiet.finding, NOON + 1000);
    expect(louder.opens?.incident.openedAt).toBe(NOON + 1000);
    expect(louder.finding).toMatchObject({ id: quiet.finding.id, at: NOON, incidentId: louder.opens?.incident.id });
  });

  it('is written again once a minute, and when it becomes worse, with a line on the timeline', () => {
    const { finding } = reportFinding(makeDraft(), null, NOON);
    expect(reportFinding(makeDraft(), finding, NOON + 10_000)).toMatchObject({ changed: false, line: null });
    expect(reportFinding(makeDraft(), finding, NOON + 60_000)).toMatchObject({ changed: true, line: null });
    const worse = reportFinding(makeDraft({ severity: 'critical' }), finding, NOON + 10_000);
    expect(worse).toMatchObject({ changed: true, line: { kind: 'worsened', incidentId: finding.incidentId } });
  });

  it('joins an incident of the same change instead of opening one, and stays with it', () => {
    const joins = { id: 'inc_of_another' };
    const { finding, opens, line } = reportFinding(makeDraft(), null, NOON, joins);
    expect({ opens, line }).toMatchObject({ opens: null, line: { kind: 'finding_joined', incidentId: joins.id } });
    expect(finding.incidentId).toBe(joins.id);
    const again = reportFinding(makeDraft(), finding, NOON + 1000);
    expect(again).toMatchObject({ opens: null, line: null, finding: { incidentId: joins.id } });
  });

  it('comes back as a new episode after it was gone', () => {
    const { finding } = reportFinding(makeDraft(), null, NOON);
    expect(isGone(finding, 600, NOON + 599_000)).toBe(false);
    expect(isGone(finding, 600, NOON + 600_000)).toBe(true);
    const again = reportFinding(makeDraft(), endedFinding(finding, NOON + 600_000), NOON + 700_000);
    expect(again.finding).toMatchObject({ episode: 1, at: NOON + 700_000, endedAt: null });
    expect(again.finding.incidentId).not.toBe(finding.incidentId);
  });
});

describe('the words of a finding', () => {
  it('are its own title, or the beginning of its sentence', () => {
    const { title: _, ...untitled } = makeDraft({ sentence: 'x'.repeat(200) });
    expect(findingTitle(untitled)).toBe(`${'x'.repeat(99)}…`);
  });

  it('give the effect with its interval in its own unit', () => {
    const effect = { estimate: 4.58, lower: 2.1, upper: 7.4, level: 0.95, unit: 'percentage points' };
    expect(formatEffect(effect)).toBe('+4.6 percentage points (95 % interval +2.1 to +7.4)');
  });
});
