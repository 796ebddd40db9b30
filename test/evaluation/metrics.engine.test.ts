import { expect, test } from 'vitest';
import { DETECTORS } from '../../detectors/index.js';
import { RolloutLedger } from '../../src/evaluation/ledger/rollout-ledger.js';
import { type Generation, leadingHarm, type MetricEvaluation, type Rollout, targetId } from '../../src/model/index.js';
import { harmFindings, judgeStanding, rolloutPolicy } from '../../src/rollouts/index.js';
import { unmeasured } from '../../src/rollouts/rollout-fold.js';
import { countsByStratum } from '../../src/store/queries/cells.js';
import { closeBuckets } from '../../src/store/queries/close-buckets.js';
import { aGeneration, anOutcome } from '../support/batches.js';
import { dirtyBuckets } from '../support/dirty-buckets.js';
import { startStore } from '../support/store.js';

const { database, load } = await startStore();

const METRICS = DETECTORS.flatMap(({ metrics }) => metrics);
const START = 1_795_000_000 - (1_795_000_000 % 3600);
const LEAD_BUCKETS = 25;
const BUCKETS = 50;
const BASELINE_CALLS = 9;
const CANDIDATE_CALLS = 3;

let targets = 0;
let revision = Date.now();

/** What one call is like; `index` counts the calls of its arm. */
type Traits = (index: number) => Partial<Generation> & { readonly labelled?: boolean; readonly seconds?: number };

const one = (share: number) => (index: number) => index % Math.round(1 / share) === 0;

/** Serves a baseline alone, then a candidate beside it, through spool and closer; @returns every metric. */
async function serve(
  baseline: Traits,
  candidate: Traits,
): Promise<{ rollout: Rollout; evaluations: readonly MetricEvaluation[] }> {
  targets += 1;
  const target = { service: 'support-bot', environment: 'test', operation: `metric-${targets}` };
  const calls: Generation[] = [];
  const labelled: Generation[] = [];
  const call = (
    bucket: number,
    prompt: string,
    { labelled: isLabelled, seconds = 1, ...traits }: ReturnType<Traits>,
  ) => {
    const at = START + bucket * 10 + 1;
    const endNs = BigInt(Math.round((at + seconds) * 1000)) * 1_000_000n;
    const made = aGeneration(at, { prompt }, { target, endNs, ...traits });
    calls.push(made);
    if (isLabelled) labelled.push(made);
  };
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    for (let i = 0; i < BASELINE_CALLS; i++) call(bucket, 'v12', baseline(bucket * BASELINE_CALLS + i));
    if (bucket < LEAD_BUCKETS) continue;
    for (let i = 0; i < CANDIDATE_CALLS; i++) call(bucket, 'v13', candidate(bucket * CANDIDATE_CALLS + i));
  }
  await load({
    generations: calls.map((generation) => ({ generation, revision: 1 })),
    outcomes: labelled.map(({ traceId }) => anOutcome({ traceId })),
  });
  const buckets = await dirtyBuckets(database, { sinceMs: 0, closableBefore: 4_000_000_000, limit: 1000 });
  revision += 1;
  await closeBuckets(database, { buckets, metrics: METRICS, revision, closedAtMs: revision });
  const rollout: Rollout = {
    id: `rol_${targets}`,
    targetId: targetId(target),
    target,
    baseline: { prompt: 'v12' },
    candidate: { prompt: 'v13' },
    changed: ['prompt'],
    origin: 'observed',
    policy: rolloutPolicy(),
    startedAt: (START + LEAD_BUCKETS * 10) * 1000,
  };
  const ledger = new RolloutLedger(rollout, unmeasured);
  await ledger.refresh(database);
  return { rollout, evaluations: ledger.standing().evaluations };
}

/** Metrics with harm, and in which direction. */
function fired(evaluations: readonly MetricEvaluation[]): string[] {
  return evaluations
    .filter((evaluation) => leadingHarm(evaluation).firedAtBucket !== null)
    .map((evaluation) => `${evaluation.metric} ${leadingHarm(evaluation) === evaluation.fall ? 'falls' : 'rises'}`);
}

const usual: Traits = () => ({});
/** Times spread over a factor of two, so that there are quantiles. */
const spread = (index: number): number => 1 + (index % 20) / 20;

const POSITIVES: readonly (readonly [metric: string, baseline: Traits, candidate: Traits])[] = [
  [
    'tool_calls rises',
    () => ({ toolCallVerdict: 'ok' }),
    (i) => ({ toolCallVerdict: one(0.5)(i) ? 'invalid_arguments' : 'ok' }),
  ],
  ['truncation rises', usual, (i) => ({ finishReason: one(0.5)(i) ? 'length' : 'stop', compliance: 'not_applicable' })],
  [
    'truncation rises',
    usual,
    (i) => (one(0.5)(i) ? { finishReason: 'missing', timeToFirstTokenNs: 100_000_000n } : {}),
  ],
  ['refusals rises', usual, (i) => ({ refusalSignal: one(0.5)(i) ? 'phrase' : '' })],
  ['refusals falls', (i) => ({ refusalSignal: one(0.5)(i) ? 'provider' : '' }), usual],
  ['content_filter rises', usual, (i) => ({ finishReason: one(0.5)(i) ? 'content_filter' : 'stop' })],
  ['content_filter falls', (i) => ({ finishReason: one(0.5)(i) ? 'content_filter' : 'stop' }), usual],
  ['guardrail falls', (i) => ({ guardrail: one(0.5)(i) ? 'intervened' : 'passed' }), () => ({ guardrail: 'passed' })],
  ['unexpected_script rises', usual, (i) => ({ unexpectedScript: one(0.5)(i) ? 'Hans' : '' })],
  ['output_tokens rises', (i) => tokens(100 * spread(i)), (i) => tokens(250 * spread(i))],
  ['cost rises', (i) => costing(0.01 * spread(i)), (i) => costing(0.03 * spread(i))],
  ['time_to_first_token rises', (i) => firstToken(0.2 * spread(i)), (i) => firstToken(0.5 * spread(i))],
  ['labels rises', () => ({ labelled: true }), (i) => ({ labelled: one(0.5)(i) })],
  ['labels falls', (i) => ({ labelled: one(0.5)(i) }), () => ({ labelled: true })],
];

function tokens(output: number): Partial<Generation> {
  return { tokens: { input: 100, output: Math.round(output), cached: null, reasoning: null } };
}

function costing(usd: number): Partial<Generation> {
  return { cost: { usd, source: 'reported' } };
}

function firstToken(seconds: number): Partial<Generation> {
  return { timeToFirstTokenNs: BigInt(Math.round(seconds * 1e9)) };
}

test.each(POSITIVES)('%s, found through spool, cells and ledger', async (expected, baseline, candidate) => {
  const { evaluations } = await serve(baseline, candidate);
  expect(fired(evaluations)).toEqual([expected]);
});

test('latency is found, told in seconds, and holds the rollout instead of rolling it back', async () => {
  const { rollout, evaluations } = await serve(
    (i) => ({ seconds: spread(i) }),
    (i) => ({ seconds: 2 * spread(i) }),
  );
  expect(fired(evaluations)).toEqual(['latency rises']);
  const latency = evaluations.find(({ metric }) => metric === 'latency');
  const [half] = latency?.measured?.quantiles ?? [];
  expect((half?.candidate ?? 0) / (half?.baseline ?? 1)).toBeGreaterThan(1.7);
  expect(half?.baseline).toBeGreaterThan(1.3);
  expect(half?.baseline).toBeLessThan(1.7);
  expect(latency?.baseline.rate).toBeCloseTo(0.1, 1);
  const [finding, ...others] = harmFindings(rollout, evaluations);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ metric: 'latency', severity: 'warning', rolloutId: rollout.id, surface: 'prompt' });
  expect(finding?.sentence).toMatch(
    /^With prompt v13, latency: half of the candidate’s within \d.* s .*The rollout is held\.$/,
  );
});

test('a filter that stops firing is told as that, and rolls back', async () => {
  const { rollout, evaluations } = await serve(
    (i) => ({ finishReason: one(0.25)(i) ? 'content_filter' : 'stop' }),
    usual,
  );
  const { gate } = judgeStanding({
    rollout,
    previous: null,
    standing: {
      evaluations,
      problems: [],
      strata: [],
      observed: { share: 0.25, generations: 12, lastTrafficAt: 0 },
      candidateSince: 0,
    },
    now: 0,
  });
  expect(gate).toMatchObject({ verdict: 'rollback', blame: ['content_filter'] });
  expect(gate.reasons[0]).toContain('(The filter stopped firing)');
});

test('a slower candidate is held, and an unevenly labelled one only told', async () => {
  const { rollout, evaluations } = await serve(
    (i) => ({ seconds: spread(i), labelled: true }),
    (i) => ({ seconds: 2 * spread(i), labelled: one(0.5)(i) }),
  );
  const { gate } = judgeStanding({
    rollout,
    previous: null,
    standing: {
      evaluations,
      problems: [],
      strata: [],
      observed: { share: 0.25, generations: 12, lastTrafficAt: 0 },
      candidateSince: 0,
    },
    now: 0,
  });
  expect(gate).toMatchObject({ verdict: 'hold', blame: [] });
  expect(gate.reasons.join('\n')).toMatch(/^latency: .*: held$/m);
  expect(gate.reasons.join('\n')).toMatch(/^labels: .*: told, decides nothing$/m);
  expect(harmFindings(rollout, evaluations).map(({ metric }) => metric)).toEqual(['latency', 'labels']);
});

test('counts are told by context size', async () => {
  const { rollout } = await serve(
    (i) => ({ stratum: one(0.5)(i) ? '0-4k' : '50-150k' }),
    (i) => ({ stratum: one(0.5)(i) ? '0-4k' : '50-150k', compliance: one(0.5)(i) ? 'ok' : 'not_json' }),
  );
  const rows = await countsByStratum(database, { targetId: rollout.targetId, since: START });
  const broken = rows.filter(({ metric, failures }) => metric === 'compliance' && failures > 0);
  expect(broken).toMatchObject([{ stratum: '50-150k', n: broken[0]?.failures }]);
  expect(rows.some(({ metric }) => metric === 'latency')).toBe(false);
});

test('nothing is found where both arms have the same of everything', async () => {
  const everything: Traits = (i) => ({
    ...tokens(100 * spread(i)),
    ...costing(0.01 * spread(i)),
    ...firstToken(0.2 * spread(i)),
    toolCallVerdict: one(0.1)(i) ? 'not_json' : 'ok',
    finishReason: one(0.25)(i + 1) ? 'content_filter' : 'stop',
    refusalSignal: one(0.2)(i) ? 'phrase' : '',
    guardrail: one(0.2)(i + 2) ? 'intervened' : 'passed',
    unexpectedScript: one(0.05)(i) ? 'Hans' : '',
    labelled: one(0.5)(i),
  });
  const { rollout, evaluations } = await serve(everything, everything);
  expect(fired(evaluations)).toEqual([]);
  const counted = evaluations.filter(({ candidate }) => candidate.n > 0).map(({ metric }) => metric);
  expect(counted).toEqual(METRICS.map(({ name }) => name));
  expect(harmFindings(rollout, evaluations)).toEqual([]);
});
