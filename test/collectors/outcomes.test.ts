import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptOutcomes,
  MAX_OUTCOME_AGE_DAYS,
  MAX_OUTCOME_LEAD_DAYS,
  type PostedOutcome,
} from '../../collectors/outcomes.js';
import type { Outcome } from '../../src/model/index.js';

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const DAY_MS = 86_400_000;
const TRACE = 'a'.repeat(32);

async function accept(...posted: Partial<PostedOutcome>[]) {
  const stored: Outcome[] = [];
  const sink = { append: async ({ outcomes }: { outcomes: readonly Outcome[] }) => void stored.push(...outcomes) };
  const whole = posted.map((one) => ({ traceId: TRACE, name: 'task_success', value: 1, comment: '', ...one }));
  return { results: await acceptOutcomes(sink, whole, NOW_MS), stored };
}

const scoreFor = async (posted: Partial<PostedOutcome>) => (await accept(posted)).stored[0]?.value;
const problemOf = async (posted: Partial<PostedOutcome>) => {
  const [result] = (await accept(posted)).results;
  return result?.ok === false ? `${result.field} ${result.problem}` : 'accepted';
};

describe('the value of a posted outcome', () => {
  it.each<[PostedOutcome['value'], number]>([
    [true, 1],
    [false, 0],
    ['success', 1],
    ['failure', 0],
    [0, 0],
    [0.25, 0.25],
    [1, 1],
  ])('%s is %d', async (value, score) => {
    expect(await scoreFor({ value })).toBe(score);
  });

  it('on a scale of its own becomes its place on it', async () => {
    expect(await scoreFor({ value: 1, scale: { min: 1, max: 5 } })).toBe(0);
    expect(await scoreFor({ value: 4, scale: { min: 1, max: 5 } })).toBe(0.75);
    expect(await scoreFor({ value: -1, scale: { min: -1, max: 1 } })).toBe(0);
  });

  it('off its scale is refused, never cut to it', async () => {
    expect(await problemOf({ value: 4 })).toMatch(/^value must be from 0 to 1; .*"scale"/);
    expect(await problemOf({ value: -0.1 })).toMatch(/^value/);
    expect(await problemOf({ value: Number.NaN })).toMatch(/^value/);
    expect(await problemOf({ value: 6, scale: { min: 1, max: 5 } })).toBe('value must lie on its scale, from 1 to 5');
  });

  it('needs a scale that is one', async () => {
    expect(await problemOf({ value: 1, scale: { min: 1, max: 1 } })).toMatch(/^scale/);
    expect(await problemOf({ value: 1, scale: { min: 5, max: 1 } })).toMatch(/^scale/);
    expect(await problemOf({ value: 0, scale: { min: -Number.MAX_VALUE, max: Number.MAX_VALUE } })).toMatch(/^scale/);
    expect(await problemOf({ value: true, scale: { min: 1, max: 5 } })).toMatch(/^scale is for numbers/);
  });

  it('is from 0 to 1 whatever the scale', async () => {
    const numbers = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    await fc.assert(
      fc.asyncProperty(numbers, numbers, numbers, async (value, min, max) => {
        const { results, stored } = await accept({ value, scale: { min, max } });
        expect(results[0]?.ok).toBe(min < max && value >= min && value <= max);
        for (const outcome of stored) expect(outcome.value >= 0 && outcome.value <= 1).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a posted outcome', () => {
  it('says whose it is', async () => {
    expect(await problemOf({ traceId: '' })).toMatch(/^traceId is missing, and so are spanId and responseId/);
    const { stored } = await accept({ traceId: '', responseId: 'chatcmpl-1' });
    expect(stored).toMatchObject([{ traceId: '', spanId: '', responseId: 'chatcmpl-1', source: 'api' }]);
  });

  it('has the same id whenever the same is said of the same call, whatever the value', async () => {
    const [first, again] = [await accept({ value: true }), await accept({ value: false, comment: 'no' })];
    expect(again.stored[0]?.id).toBe(first.stored[0]?.id);
    const others = await accept({ name: 'helpful' }, { spanId: '1'.repeat(16) }, { responseId: 'r' }, { id: 'own' });
    const ids = [first, others].flatMap(({ stored }) => stored.map(({ id }) => id));
    expect(new Set(ids).size).toBe(5);
    expect(ids).toContain('own');
  });

  it('takes the time it was given, within limits', async () => {
    const at = (ms: number) => ({ time: new Date(ms).toISOString() });
    const [oldest, latest] = [NOW_MS - MAX_OUTCOME_AGE_DAYS * DAY_MS, NOW_MS + MAX_OUTCOME_LEAD_DAYS * DAY_MS];
    expect((await accept(at(oldest), at(latest))).stored.map(({ timeNs }) => timeNs)).toEqual([
      BigInt(latest) * 1_000_000n,
    ]);
    expect(await problemOf(at(oldest - 1))).toMatch(/^time must lie within/);
    expect(await problemOf(at(latest + 1))).toMatch(/^time must lie within/);
    expect((await accept({})).stored[0]?.timeNs).toBe(BigInt(NOW_MS) * 1_000_000n);
  });
});

describe('several outcomes', () => {
  it('are taken one by one: a bad one is named and the others are kept', async () => {
    const { results, stored } = await accept({}, { value: 7 }, { name: 'helpful' });
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(stored.map(({ name }) => name)).toEqual(['task_success', 'helpful']);
  });

  it('of one id count by the latest time, then by order', async () => {
    const early = '2026-11-23T10:00:00Z';
    const late = '2026-11-23T11:00:00Z';
    const inOrder = await accept({ value: 0.1, time: early }, { value: 0.2, time: late });
    const reversed = await accept({ value: 0.2, time: late }, { value: 0.1, time: early });
    const same = await accept({ value: 0.1, time: late }, { value: 0.2, time: late });
    for (const { results, stored } of [inOrder, reversed, same]) {
      expect(results).toMatchObject([{ ok: true }, { ok: true }]);
      expect(stored.map(({ value }) => value)).toEqual([0.2]);
    }
  });

  it('that are all bad write nothing', async () => {
    let writes = 0;
    const bad = { traceId: TRACE, name: 'n', value: 9, comment: '' };
    const results = await acceptOutcomes({ append: async () => void writes++ }, [bad, bad], NOW_MS);
    expect([results.length, writes]).toEqual([2, 0]);
  });
});
