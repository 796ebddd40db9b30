import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FindingCase,
  type IncidentCase,
  incidentsTakenOver,
  incidentToJoin,
  metIncidents,
  openIncident,
  reportFinding,
} from '../../src/incidents/index.js';
import type { FindingDraft, Rollout } from '../../src/model/index.js';
import { makeDraft } from './finding-fixture.js';
import { makeGate, makeRollout } from './rollout-fixture.js';

const NOON = Date.UTC(2026, 10, 23, 12);
const OPEN = { state: 'open', acknowledged: false } as const;
const TOOLS = makeRollout({ id: 'rol_t4', baseline: { tools: 't3' }, candidate: { tools: 't4' }, changed: ['tools'] });

const brokenTools = makeDraft({ detector: 'registry_hygiene', subject: 'tools t4', surface: 'tools', version: 't4' });
const failingCalls = makeDraft({
  detector: 'tool_calls',
  metric: 'tool_calls',
  subject: TOOLS.id,
  rolloutId: TOOLS.id,
});

function found(draft: FindingDraft, rollout: Rollout | null = null, at = NOON): IncidentCase {
  const { opens } = reportFinding(draft, null, at);
  if (opens === null) throw new Error('the draft is worth no incident');
  return { incident: opens.incident, status: OPEN, rollout };
}
const verdict = (rollout: Rollout): IncidentCase => ({
  incident: openIncident(rollout, makeGate()).incident,
  status: OPEN,
  rollout,
});
const asCase = (draft: FindingDraft, rollout: Rollout | null = null): FindingCase => ({ draft, rollout, at: NOON });

describe('a finding', () => {
  it('joins the incident of the same change, whichever of the two came first', () => {
    const tools = found(brokenTools);
    expect(incidentToJoin(asCase(failingCalls, TOOLS), [tools])).toBe(tools.incident);
    const calls = found(failingCalls, TOOLS);
    expect(incidentToJoin(asCase(brokenTools), [calls])).toBe(calls.incident);
    const rollback = verdict(TOOLS);
    expect(incidentToJoin(asCase(brokenTools), [calls, rollback])).toBe(rollback.incident);
  });

  it('has an incident of its own when the change, or the target, is another one', () => {
    const cases = [found(failingCalls, TOOLS), found(makeDraft())];
    const other = { ...brokenTools.target, operation: 'another' };
    expect(incidentToJoin(asCase({ ...brokenTools, version: 't5' }), cases)).toBeNull();
    expect(incidentToJoin(asCase({ ...brokenTools, surface: 'prompt' }), cases)).toBeNull();
    expect(incidentToJoin(asCase({ ...brokenTools, target: other }), cases)).toBeNull();
    const { version: _, ...unversioned } = brokenTools;
    expect(incidentToJoin(asCase(unversioned), [found(unversioned)])).toBeNull();
  });

  it('about calls of one vector joins the incident of a version that they ran with, and no other', () => {
    const versions = { model: 'gpt-4o-2024-11-20', prompt: 'v12', tools: 't4', context: 'c1' };
    const ofCandidate = makeDraft({ detector: 'sub_population', surface: null, versions });
    const ofBaseline = { ...ofCandidate, versions: { ...versions, tools: 't3' } };
    for (const incident of [verdict(TOOLS), found(brokenTools)]) {
      expect(incidentToJoin(asCase(ofCandidate), [incident])).toBe(incident.incident);
      expect(incidentToJoin(asCase(ofBaseline), [incident])).toBeNull();
    }
    // Running with the same versions is no change that two findings share.
    expect(incidentToJoin(asCase(ofCandidate), [found({ ...ofCandidate, subject: 'pod-1' })])).toBeNull();
  });

  it('that knows of no change joins what began within the last half hour, unless it blames another surface', () => {
    const cutStreams = makeDraft({ detector: 'drain_advice', subject: 'pods', surface: null });
    const tools = found(brokenTools, null, NOON);
    const at = (minutes: number, draft = cutStreams) =>
      incidentToJoin({ draft, rollout: null, at: NOON + minutes * 60_000 }, [tools]);
    expect(at(0)).toBe(tools.incident);
    expect(at(30)).toBe(tools.incident);
    expect(at(31)).toBeNull();
    expect(at(-1)).toBeNull();
    expect(at(5, { ...cutStreams, surface: 'tools' })).toBe(tools.incident);
    expect(at(5, { ...cutStreams, surface: 'prompt' })).toBeNull();
    expect(at(5, { ...cutStreams, severity: 'critical' })).toBeNull();
    // Of two that know of no change nobody knows that they belong together.
    expect(incidentToJoin(asCase(cutStreams), [found({ ...cutStreams, subject: 'other' })])).toBeNull();
  });

  it('does not hide in an incident that is less severe, or over', () => {
    const tools = found(brokenTools);
    expect(incidentToJoin(asCase({ ...failingCalls, severity: 'critical' }, TOOLS), [tools])).toBeNull();
    for (const state of ['resolved', 'rolled_back'] as const)
      expect(
        incidentToJoin(asCase(failingCalls, TOOLS), [{ ...tools, status: { state, acknowledged: false } }]),
      ).toBeNull();
  });

  it('that asks for a rollback joins only where one can follow', () => {
    const asks = { ...failingCalls, remedy: 'rollback' as const };
    expect(incidentToJoin(asCase(asks, TOOLS), [found(brokenTools)])).toBeNull();
    expect(incidentToJoin(asCase(asks, TOOLS), [verdict(TOOLS)])).not.toBeNull();
    expect(incidentToJoin(asCase(asks, TOOLS), [found({ ...asks, subject: 'first' }, TOOLS)])).not.toBeNull();
  });

  it('joins the same incident in whatever order they are read', () => {
    const cases = [
      found(failingCalls, TOOLS, NOON + 5),
      found({ ...brokenTools, subject: 'b' }, null, NOON),
      found({ ...brokenTools, subject: 'c' }, null, NOON),
    ];
    const expected = incidentToJoin(asCase(brokenTools), cases);
    expect(expected?.openedAt).toBe(NOON);
    fc.assert(
      fc.property(fc.shuffledSubarray(cases, { minLength: 3 }), (order) => {
        expect(incidentToJoin(asCase(brokenTools), order)).toBe(expected);
      }),
      { numRuns: 10 },
    );
  });
});

describe('incidents that were opened at once about one change', () => {
  const tools = found(brokenTools, null, NOON);
  const calls = found(failingCalls, TOOLS, NOON + 1000);

  it('come to the same end whichever process looks', () => {
    const cases = [tools, calls];
    expect(metIncidents(tools, cases)).toEqual({ goesOn: tools.incident, ends: [calls.incident] });
    expect(metIncidents(calls, cases)).toEqual({ goesOn: tools.incident, ends: [calls.incident] });
  });

  it('go on as the more severe one, or the verdict, whichever was first', () => {
    const critical = found({ ...failingCalls, severity: 'critical' }, TOOLS, NOON + 1000);
    for (const own of [tools, critical])
      expect(metIncidents(own, [tools, critical])).toEqual({ goesOn: critical.incident, ends: [tools.incident] });
    const rollback = verdict(TOOLS);
    const atOnce = found(brokenTools, null, rollback.incident.openedAt - 1000);
    for (const own of [atOnce, rollback])
      expect(metIncidents(own, [atOnce, rollback])).toEqual({ goesOn: rollback.incident, ends: [atOnce.incident] });
  });

  it('go on both when they are about different changes, or one was there before, or somebody has taken it on', () => {
    const alone = { goesOn: tools.incident, ends: [] };
    expect(metIncidents(tools, [tools, found({ ...brokenTools, version: 't5' }, null, NOON)])).toEqual(alone);
    expect(metIncidents(tools, [tools, found(failingCalls, TOOLS, NOON + 60_000)])).toEqual(alone);
    expect(metIncidents(tools, [tools, { ...calls, status: { state: 'open', acknowledged: true } }])).toEqual(alone);
  });
});

describe('the incident of a rollback', () => {
  const rollback = verdict(TOOLS);
  const tools = found(brokenTools);

  it('takes over what findings have opened about the same change', () => {
    const other = found({ ...brokenTools, version: 't5' });
    expect(incidentsTakenOver(rollback, [rollback, other, tools])).toEqual([tools.incident]);
  });

  it('leaves alone what somebody has begun to deal with, and takes over nothing when it is over itself', () => {
    expect(incidentsTakenOver(rollback, [{ ...tools, status: { state: 'open', acknowledged: true } }])).toEqual([]);
    expect(
      incidentsTakenOver(rollback, [{ ...tools, status: { state: 'rolling_back', acknowledged: false } }]),
    ).toEqual([]);
    const over = { ...rollback, status: { state: 'rolled_back', acknowledged: false } } as const;
    expect(incidentsTakenOver(over, [tools])).toEqual([]);
  });
});
