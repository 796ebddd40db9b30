import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptLangfuseEvents } from '../../collectors/langfuse-scores.js';
import { MAX_OUTCOME_COMMENT_LENGTH, MAX_OUTCOME_NAME_LENGTH, type Outcome } from '../../src/model/index.js';

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const TRACE = 'a'.repeat(32);
const SPAN = 'b'.repeat(16);
const SCORE = { id: 'score-1', traceId: TRACE, name: 'task_success', value: 0.9 };

async function accept(...events: unknown[]) {
  const stored: Outcome[] = [];
  const sink = { append: async ({ outcomes }: { outcomes: readonly Outcome[] }) => void stored.push(...outcomes) };
  return { answer: await acceptLangfuseEvents(sink, events, NOW_MS), stored };
}

const create = (score: unknown, id = 'event-1') => ({
  id,
  type: 'score-create',
  timestamp: '2026-11-23T11:59:00.000Z',
  body: score,
});

describe('a Langfuse score', () => {
  it('becomes an outcome under its own id, at the time of its event', async () => {
    const { answer, stored } = await accept(create({ ...SCORE, observationId: SPAN, comment: 'fine' }));
    expect(answer).toEqual({ successes: [{ id: 'event-1', status: 201, scoreId: 'score-1' }], errors: [] });
    expect(stored).toEqual([
      {
        id: 'score-1',
        traceId: TRACE,
        spanId: SPAN,
        responseId: '',
        name: 'task_success',
        value: 0.9,
        source: 'langfuse',
        comment: 'fine',
        timeNs: BigInt(Date.parse('2026-11-23T11:59:00Z')) * 1_000_000n,
      },
    ]);
  });

  it.each([
    [{ value: 0.25 }, 0.25, ''],
    [{ value: 1, dataType: 'NUMERIC' }, 1, ''],
    [{ value: 0, dataType: 'BOOLEAN' }, 0, ''],
    [{ value: true, dataType: 'BOOLEAN' }, 1, ''],
    [{ value: 'correct', dataType: 'CATEGORICAL' }, 1, 'correct'],
    [{ value: 'Incorrect' }, 0, 'Incorrect'],
  ])('%j counts as %d', async (given, value, comment) => {
    expect((await accept(create({ ...SCORE, ...given }))).stored).toMatchObject([{ value, comment }]);
  });

  it.each([
    ['a scale of its own', { value: 4 }, /value must be from 0 to 1/],
    ['a category that says nothing', { value: 'partially correct' }, /category/],
    ['a text', { value: 'well written', dataType: 'TEXT' }, /TEXT has no score/],
    ['a number for a category', { value: 1, dataType: 'CATEGORICAL' }, /must be a text/],
    ['a number that is none', { value: '1', dataType: 'NUMERIC' }, /must be a number/],
    ['another truth', { value: 2, dataType: 'BOOLEAN' }, /0 or 1/],
    ['no value', { value: undefined }, /body\.value/],
    ['a session', { traceId: undefined, sessionId: 's' }, /body\.traceId is missing/],
    ['a trace of another kind', { traceId: 'cdef-1234' }, /32 hex digits/],
    ['an observation of another kind', { observationId: 'x' }, /16 hex digits/],
    ['no name', { name: '' }, /body\.name/],
    ['a long name', { name: 'n'.repeat(MAX_OUTCOME_NAME_LENGTH + 1) }, /body\.name/],
    ['a long id', { id: 'i'.repeat(MAX_OUTCOME_NAME_LENGTH + 1) }, /body\.id/],
  ])('with %s is refused by itself', async (_what, given, error) => {
    const { answer, stored } = await accept(create({ ...SCORE, ...given }, 'bad'), create(SCORE, 'good'));
    expect(answer.successes.map(({ id }) => id)).toEqual(['good']);
    expect(answer.errors).toEqual([
      { id: 'bad', status: 400, message: 'Invalid request data', error: expect.stringMatching(error) },
    ]);
    expect(stored).toHaveLength(1);
  });

  it('on another scale says so in its metadata', async () => {
    const { stored } = await accept(create({ ...SCORE, value: 4, metadata: { scale: { min: 1, max: 5 } } }));
    expect(stored).toMatchObject([{ value: 0.75 }]);
  });

  it('keeps the beginning of a long comment', async () => {
    const { stored } = await accept(create({ ...SCORE, comment: 'c'.repeat(MAX_OUTCOME_COMMENT_LENGTH + 1) }));
    expect(stored[0]?.comment).toHaveLength(MAX_OUTCOME_COMMENT_LENGTH);
  });
});

describe('other events', () => {
  it('are refused with where to send them', async () => {
    const { answer } = await accept({ id: 'e', type: 'trace-create', body: {} });
    expect(answer.errors).toEqual([
      { id: 'e', status: 400, message: 'Event type not accepted', error: expect.stringContaining('/v1/traces') },
    ]);
  });

  it('of whatever shape get an answer each', async () => {
    const hostile = JSON.parse(
      '[null, 1, "x", [], {}, {"__proto__": {"type": "score-create", "body": {}}}]',
    ) as unknown[];
    const { answer, stored } = await accept(...hostile);
    expect([answer.errors.length, stored.length]).toEqual([hostile.length, 0]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 5 }), async (bodies) => {
        const { answer: told } = await accept(...bodies.map((body) => create(body)));
        expect(told.successes.length + told.errors.length).toBe(bodies.length);
      }),
      { numRuns: 60 },
    );
  });
});
