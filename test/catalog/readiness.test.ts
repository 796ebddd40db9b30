import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  HOLD_PARTS,
  judgeRemoval,
  MINIMUM_GENERATIONS,
  MINIMUM_PARTS,
  type UsageFacts,
} from '../../src/catalog/index.js';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const HOUR = 3_600_000;

/** A prompt version that nobody has used for two days, with traffic enough. */
function unused(facts: Partial<UsageFacts> = {}): UsageFacts {
  return {
    kind: 'prompt_version',
    name: 'v12',
    nowMs: NOW,
    holdSeconds: 86_400,
    generations: 4_000,
    firstGenerationMs: NOW - 900 * HOUR,
    parts: HOLD_PARTS,
    blind: 0,
    uses: 0,
    usesLastHour: 0,
    lastUseMs: NOW - 48 * HOUR,
    generationsSinceUse: 4_000,
    pods: [],
    openSessions: 0,
    straddlingSessions: 0,
    offers: null,
    readers: [],
    elsewhere: [],
    ...facts,
  };
}

const used = { uses: 40, usesLastHour: 12, lastUseMs: NOW - 180_000, generationsSinceUse: 60 };

describe('whether something may be removed', () => {
  it('is ready when it was not used for the hold time and enough was seen to know', () => {
    expect(judgeRemoval(unused())).toEqual({
      state: 'contract',
      ready: true,
      missing: [],
      usageUpperBound: 3 / 4_000,
    });
  });

  it('says in words who still uses it, how often and when last', () => {
    const verdict = judgeRemoval(unused({ ...used, pods: ['bot-1', 'bot-2', 'bot-3', 'bot-4', 'bot-5'] }));
    expect(verdict).toMatchObject({ state: 'migrate', ready: false, usageUpperBound: null });
    expect(verdict.missing[0]).toBe(
      '12 calls in the last hour from pods bot-1, bot-2, bot-3 and 2 more; last 3 min ago.',
    );
  });

  it('is not begun while nothing else is in use', () => {
    expect(judgeRemoval(unused({ ...used, uses: 4_000 })).state).toBe('expand');
  });

  it.each<[string, Partial<UsageFacts>, string]>([
    ['no traffic', { generations: 0, parts: 0, generationsSinceUse: 0 }, 'nothing is known about its use'],
    ['a name that was never seen', { lastUseMs: null }, 'is the name right?'],
    ['too little traffic', { generations: 200, generationsSinceUse: 200 }, '200 calls without a use so far; 300 are'],
    ['traffic for a part of the time', { parts: 4 }, 'only 4 of 10 parts'],
    ['a target younger than the hold time', { firstGenerationMs: NOW - 5 * HOUR }, 'Observed for 5 h of the 24 h'],
    ['calls that do not say what they run', { blind: 7 }, '7 calls of 4000 in the last 24 h do not say'],
    ['open sessions', { openSessions: 3, straddlingSessions: 2 }, '3 sessions that used it are still open, 2 of them'],
    ['a declared reader', { readers: ['billing'] }, 'Declared as read by billing.'],
    [
      'another target',
      { elsewhere: [{ service: 'bot', environment: '', operation: 'ask' }] },
      'Also used by bot · ask.',
    ],
    [
      'models that are told of it',
      { kind: 'tool', offers: { with: ['t1'], without: 1, unreadable: 0 } },
      'by tools version t1',
    ],
    ['tools nobody can read', { kind: 'tool', offers: { with: [], without: 1, unreadable: 2 } }, 'is not kept'],
  ])('is never ready with %s', (_, facts, sentence) => {
    const { ready, missing } = judgeRemoval(unused(facts));
    expect(ready).toBe(false);
    expect(missing.join(' ')).toContain(sentence);
  });

  it('is never ready without traffic over the hold time that says what it uses, whatever else is true', () => {
    const facts = fc.record({
      generations: fc.nat(600),
      parts: fc.nat(HOLD_PARTS),
      blind: fc.nat(2),
      uses: fc.nat(2),
      generationsSinceUse: fc.nat(600),
      firstGenerationMs: fc.option(fc.integer({ min: NOW - 50 * HOUR, max: NOW })),
      openSessions: fc.nat(1),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const { ready, missing } = judgeRemoval(unused(given));
        expect(ready).toBe(missing.length === 0);
        if (!ready) return;
        expect(given.uses + given.blind + given.openSessions).toBe(0);
        expect(given.generationsSinceUse).toBeGreaterThanOrEqual(MINIMUM_GENERATIONS);
        expect(given.parts).toBeGreaterThanOrEqual(MINIMUM_PARTS);
        expect(given.firstGenerationMs ?? NOW).toBeLessThanOrEqual(NOW - 24 * HOUR);
      }),
      { numRuns: 300 },
    );
  });
});
