import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardRollback } from '../../src/actions/guards.js';
import { type Registry, ROLLBACK_COOL_DOWN_SECONDS, ROLLBACKS_PER_HOUR } from '../../src/actions/index.js';
import { planMoves } from '../../src/actions/move.js';
import { planNotifications, planRollback, type RollbackFacts } from '../../src/actions/plan.js';
import { foldIncident, openIncident } from '../../src/incidents/index.js';
import type { Surface } from '../../src/model/index.js';
import { makeGate, makeRollout } from '../incidents/rollout-fixture.js';

/** A registry that is only planned with, never called. */
const registry = (name: string, ...surfaces: Surface[]): Registry => ({
  name,
  surfaces,
  move: () => Promise.reject(new Error('not called')),
});
const prompts = registry('prompts', 'prompt', 'context');
const models = registry('models', 'model');
const everything = registry('everything', 'model', 'prompt', 'tools', 'context');

const both = makeRollout({
  changed: ['model', 'prompt'],
  baseline: { model: 'm1', prompt: 'v12' },
  candidate: { model: 'm2', prompt: 'v13' },
});

function facts(overrides: Partial<RollbackFacts> = {}): RollbackFacts {
  const { incident } = openIncident(both, makeGate());
  return {
    ...{ incident, rollout: both, status: foldIncident(incident, []), existing: [], registries: [prompts, models] },
    ...{ baselineLive: true, recent: [], now: incident.openedAt },
    ...overrides,
  };
}

describe('which registry is asked', () => {
  it('is the first that holds the surface, one action per registry', () => {
    const names = (...registries: Registry[]) => {
      const plan = planMoves(both, registries);
      return plan.possible ? plan.moves.map((move) => [move.registry.name, ...move.surfaces]) : plan.reason;
    };
    expect(names(prompts, models)).toEqual([
      ['models', 'model'],
      ['prompts', 'prompt'],
    ]);
    expect(names(everything, prompts)).toEqual([['everything', 'model', 'prompt']]);
    expect(names(prompts)).toBe('no registry is configured that holds the model pointer');
  });

  it('is told its own surfaces only', () => {
    const { actions, events } = planRollback(facts());
    expect(actions.map(({ destination }) => destination)).toEqual(['models', 'prompts']);
    expect(events.map(({ message }) => message)).toEqual([
      'Leeway asks models to move model from m2 back to m1.',
      'Leeway asks prompts to move prompt from v13 back to v12.',
    ]);
  });
});

describe('a plan', () => {
  it('is the same whoever makes it', () => {
    const later = facts();
    expect(planRollback({ ...later, now: later.now + 5000 }).actions.map(({ id }) => id)).toEqual(
      planRollback(later).actions.map(({ id }) => id),
    );
  });

  it('adds no second rollback, whatever guards and registries say by then', () => {
    const { actions } = planRollback(facts());
    expect(planRollback(facts({ existing: actions })).actions).toEqual([]);
    expect(planRollback(facts({ existing: actions, baselineLive: false })).events[0]?.kind).toBe('rollback_requested');
    expect(planRollback(facts({ existing: actions, registries: [] }))).toEqual({ actions: [], events: [] });
  });

  it('tells each notifier each occasion once', () => {
    const { incident } = facts();
    const opened = planNotifications(incident, 'opened', ['chat', 'pager'], [], 1);
    expect(opened).toHaveLength(2);
    expect(planNotifications(incident, 'opened', ['chat', 'pager', 'new'], opened, 2)).toHaveLength(1);
    const rolledBack = planNotifications(incident, 'rolled_back', ['chat', 'pager'], opened, 2);
    expect(new Set([...opened, ...rolledBack].map(({ id }) => id)).size).toBe(4);
  });
});

describe('the guards', () => {
  const status = { state: 'open', acknowledged: false, updatedAt: 0 } as const;
  const anyRecent = fc.array(
    fc.record({ rolloutId: fc.constantFrom('a', 'b', 'c', 'd'), requestedAt: fc.integer({ min: 0, max: 10_000_000 }) }),
  );

  it('never let more than the budget through in any hour, nor two within the cool-down', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 900_000 }), { maxLength: 60 }), (gaps) => {
        const granted: { rolloutId: string; requestedAt: number }[] = [];
        let now = 0;
        for (const [index, gap] of gaps.entries()) {
          now += gap;
          const rolloutId = `rol_${index}`;
          const asked = { automatic: true, rolloutId, status, baselineLive: true, recent: granted, now };
          if (guardRollback(asked).allowed) granted.push({ rolloutId, requestedAt: now });
        }
        for (const [index, { requestedAt }] of granted.entries()) {
          const next = granted[index + 1];
          if (next) expect(next.requestedAt - requestedAt).toBeGreaterThanOrEqual(ROLLBACK_COOL_DOWN_SECONDS * 1000);
          const beyond = granted[index + ROLLBACKS_PER_HOUR];
          if (beyond) expect(beyond.requestedAt - requestedAt).toBeGreaterThanOrEqual(3_600_000);
        }
      }),
    );
  });

  it('never pass a person or a baseline that does not serve', () => {
    fc.assert(
      fc.property(anyRecent, fc.boolean(), (recent, automatic) => {
        const asked = { automatic, rolloutId: 'x', baselineLive: true, recent, now: 10_000_000 };
        expect(guardRollback({ ...asked, status: { ...status, acknowledged: true } }).allowed).toBe(false);
        expect(guardRollback({ ...asked, status: { ...status, state: 'resolved' } }).allowed).toBe(false);
        expect(guardRollback({ ...asked, status, baselineLive: false }).allowed).toBe(false);
      }),
    );
  });
});
