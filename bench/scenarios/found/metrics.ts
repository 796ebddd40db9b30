import type { Scenario } from '../scenario.js';
import { flattering, prose, refusal, ticket } from '../texts.js';
import { type Behave, canary, type Stretch } from '../traffic.js';

const BEFORE = 600;
const SECONDS = 2_400;
const PER_SECOND = 4;

/** Ten minutes of the baseline alone, then a canary of a tenth of the sessions. */
function canaryOf(candidate: Behave, everybody?: Behave, share = 0.1): () => readonly Stretch[] {
  return () => [
    { from: 0, to: BEFORE, perSecond: PER_SECOND, ...(everybody && { behave: everybody }) },
    { from: BEFORE, to: SECONDS, perSecond: PER_SECOND, behave: canary(share, candidate, everybody) },
  ];
}

const COMMON = { seconds: SECONDS, changeAt: BEFORE } as const;

const wordyShadow: Behave = (_, draws) => ({ prompt: 'v13', text: `${prose(draws, 4)} ${prose(draws, 4)}` });

/** What a worse candidate does to the metrics of a rollout. */
export const METRIC_SCENARIOS: readonly Scenario[] = [
  {
    ...COMMON,
    name: 'compliance-break',
    story: 'a prompt at 10 % of sessions breaks 12 % of its JSON outputs',
    expected: { detector: 'compliance', surface: 'prompt' },
    traffic: canaryOf((_, draws) => ({ prompt: 'v13', text: ticket(draws, draws.chance(0.12)) })),
  },
  {
    ...COMMON,
    name: 'tool-call-break',
    story: 'a renamed tool argument makes a fifth of the tool calls invalid',
    expected: { detector: 'tool_calls', surface: 'tools' },
    traffic: canaryOf(
      (_, draws) => ({ tools: 't4', toolArguments: draws.chance(0.2) ? '{"orderId":"4711"}' : '{"order_id":"4711"}' }),
      () => ({ json: false, toolArguments: '{"order_id":"4711"}', finishReason: 'tool_calls' }),
    ),
  },
  {
    ...COMMON,
    name: 'task-success-drop',
    story: 'a new model completes 75 % of the tasks instead of 92 %',
    expected: { detector: 'success', surface: 'model', metrics: ['task_success'] },
    traffic: canaryOf((usual, draws) => ({
      model: 'gpt-5-mini-2025-08-07',
      succeeded: usual.succeeded === null ? null : draws.chance(0.75),
    })),
  },
  {
    ...COMMON,
    name: 'downstream-failure',
    story: 'the next step of the trace fails after 8 % of the answers of a new prompt',
    expected: { detector: 'success', metrics: ['downstream_failure'] },
    traffic: canaryOf((_, draws) => ({ prompt: 'v13', failsDownstream: draws.chance(0.08) })),
  },
  {
    ...COMMON,
    name: 'errors-rise',
    story: 'calls to a new model time out ten times as often',
    expected: { detector: 'errors', surface: 'model' },
    traffic: canaryOf((_, draws) => ({
      model: 'gpt-5-mini-2025-08-07',
      errorType: draws.chance(0.06) ? 'timeout' : '',
    })),
  },
  {
    ...COMMON,
    name: 'truncation',
    story: 'a wordier prompt runs into the token limit',
    expected: { detector: 'truncation', surface: 'prompt' },
    traffic: canaryOf((_, draws) => ({ prompt: 'v13', finishReason: draws.chance(0.08) ? 'length' : 'stop' })),
  },
  {
    ...COMMON,
    name: 'refusals-rise',
    story: 'a new prompt makes the model decline 10 % of harmless requests',
    expected: { detector: 'safety', surface: 'prompt', metrics: ['refusals'] },
    traffic: canaryOf(
      (_, draws) => ({ prompt: 'v13', text: draws.chance(0.1) ? refusal(draws) : prose(draws) }),
      (_, draws) => ({ json: false, text: draws.chance(0.01) ? refusal(draws) : prose(draws) }),
    ),
  },
  {
    ...COMMON,
    name: 'safety-filter-off',
    story: 'behind a new model the content filter, which stopped 6 % of the answers, stops none',
    expected: { detector: 'safety', surface: 'model', metrics: ['content_filter'] },
    traffic: canaryOf(
      () => ({ model: 'gpt-5-mini-2025-08-07', finishReason: 'stop' }),
      (_, draws) => ({ finishReason: draws.chance(0.06) ? 'content_filter' : 'stop' }),
      0.3,
    ),
  },
  {
    ...COMMON,
    name: 'sycophancy',
    story: 'a new prompt flatters; users like it, and tasks succeed more often',
    expected: { detector: 'behaviour', surface: 'prompt' },
    traffic: canaryOf(
      (usual, draws) => ({
        prompt: 'v13',
        text: draws.chance(0.6) ? flattering(draws) : prose(draws),
        succeeded: usual.succeeded === null ? null : draws.chance(0.96),
      }),
      (_, draws) => ({ json: false, text: prose(draws) }),
    ),
  },
  {
    ...COMMON,
    name: 'shadow-behaviour',
    story: 'a shadow of a tenth of the requests answers at twice the length, before anybody is served by it',
    expected: { detector: 'behaviour', surface: 'prompt' },
    events: [
      { kind: 'rollout', at: BEFORE, baseline: { prompt: 'v12' }, candidate: { prompt: 'v13' }, stages: [0, 1, 100] },
    ],
    traffic: () => [
      { from: 0, to: SECONDS, perSecond: PER_SECOND, behave: (_, draws) => ({ json: false, text: prose(draws) }) },
      { from: BEFORE, to: SECONDS, perSecond: 0, shadow: { share: 0.1, behave: wordyShadow } },
    ],
  },
  {
    ...COMMON,
    name: 'latency',
    story: 'a new model takes 60 % longer',
    expected: { detector: 'latency', surface: 'model' },
    traffic: canaryOf((usual) => ({ model: 'gpt-5-mini-2025-08-07', durationMs: usual.durationMs * 1.6 })),
  },
  {
    ...COMMON,
    name: 'first-token',
    story: 'the first token of a new model comes twice as late',
    expected: { detector: 'latency', surface: 'model', metrics: ['time_to_first_token'] },
    traffic: canaryOf((usual) => ({
      model: 'gpt-5-mini-2025-08-07',
      timeToFirstTokenMs: usual.timeToFirstTokenMs * 2,
    })),
  },
  {
    ...COMMON,
    name: 'dearer',
    story: 'a new prompt makes answers 60 % longer, in tokens and in money',
    expected: { detector: 'tokens', surface: 'prompt' },
    traffic: canaryOf((usual) => ({ prompt: 'v13', outputTokens: usual.outputTokens * 1.6 })),
  },
  {
    ...COMMON,
    name: 'long-context-rot',
    story: 'a new model fails a quarter of the requests beyond 50,000 tokens, and none of the others more than before',
    expected: { detector: 'compliance', surface: 'model' },
    traffic: canaryOf(
      (usual, draws) => ({
        model: 'gpt-5-mini-2025-08-07',
        text: ticket(draws, draws.chance(usual.inputTokens > 50_000 ? 0.25 : 0.01)),
      }),
      (_, draws) => ({ inputTokens: draws.chance(0.2) ? 60_000 + draws.below(60_000) : 500 + draws.below(3_000) }),
      0.2,
    ),
  },
  {
    ...COMMON,
    name: 'slow-labels',
    story: 'the outcome of a task is known only 15 minutes after the answer',
    expected: { detector: 'success', surface: 'prompt', metrics: ['task_success'] },
    seconds: SECONDS + 900,
    traffic: canaryOf(
      (usual, draws) => ({ prompt: 'v13', succeeded: usual.succeeded === null ? null : draws.chance(0.7) }),
      () => ({ toldAfterMs: 900_000 }),
    ),
  },
];
