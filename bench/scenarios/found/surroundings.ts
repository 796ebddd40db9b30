import type { Scenario } from '../scenario.js';
import { prose, TOOL_DEFINITIONS, ticket } from '../texts.js';
import { canary, sessionShare } from '../traffic.js';

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** What goes wrong around versions: pointers, stages, pods, aliases, registries, and what drifts by itself. */
export const SURROUNDING_SCENARIOS: readonly Scenario[] = [
  {
    name: 'sticky-misrouting',
    story: 'first 0.8 %, then 16 % of the sessions reach a damaged pool of servers, and stay there',
    expected: { detector: 'sub_population' },
    seconds: 2_400,
    changeAt: 600,
    traffic: () =>
      [0.008, 0.16].map((share, phase) => ({
        from: phase === 0 ? 0 : 600,
        to: phase === 0 ? 600 : 2_400,
        perSecond: 6,
        behave: (usual, draws) => {
          if (sessionShare(usual.session) >= share) return { json: false, text: prose(draws) };
          const broken = draws.chance(0.4);
          return {
            json: false,
            region: 'us-east-5',
            text: broken ? `${prose(draws, 1)} สวัสดีครับ ${prose(draws, 1)}` : prose(draws),
            errorType: draws.chance(0.1) ? 'server_error' : '',
          };
        },
      })),
  },
  {
    name: 'alias-swap',
    story: 'the provider puts another model behind the alias that is asked for',
    expected: { detector: 'model_identity', surface: 'model', metrics: ['model_swapped'] },
    seconds: 1_800,
    changeAt: 900,
    traffic: () =>
      ['gpt-4o-2024-08-06', 'gpt-4o-2024-11-20'].map((model, phase) => ({
        from: phase * 900,
        to: (phase + 1) * 900,
        perSecond: 3,
        behave: () => ({ requestedModel: 'gpt-4o', model }),
      })),
  },
  {
    name: 'skipped-stages',
    story: 'a declared rollout goes from 1 % to everybody',
    expected: { detector: 'stage_guard', surface: 'prompt' },
    seconds: 2_400,
    changeAt: 1_500,
    events: [
      {
        kind: 'rollout',
        at: 600,
        baseline: { prompt: 'v12' },
        candidate: { prompt: 'v13' },
        stages: [1, 5, 10, 25, 50, 100],
        soakSeconds: 600,
      },
    ],
    traffic: () => [
      { from: 0, to: 600, perSecond: 5 },
      { from: 600, to: 1_500, perSecond: 5, behave: canary(0.01, () => ({ prompt: 'v13' })) },
      { from: 1_500, to: 2_400, perSecond: 5, behave: () => ({ prompt: 'v13' }) },
    ],
  },
  {
    name: 'change-without-rollout',
    story: 'where the last change was a canary first, a new prompt serves everybody from one second to the next',
    expected: { detector: 'stage_guard', surface: 'prompt', metrics: ['no_rollout'] },
    seconds: 3_000,
    changeAt: 2_100,
    traffic: () => [
      { from: 0, to: 600, perSecond: 4, behave: () => ({ prompt: 'v11' }) },
      { from: 600, to: 1_200, perSecond: 4, behave: canary(0.9, () => ({ prompt: 'v11' })) },
      { from: 1_200, to: 2_100, perSecond: 4 },
      { from: 2_100, to: 3_000, perSecond: 4, behave: () => ({ prompt: 'v13' }) },
    ],
  },
  {
    name: 'wrong-share',
    story: 'a canary declared at 10 % gets a quarter of the traffic',
    expected: { detector: 'stage_guard', surface: 'prompt' },
    seconds: 2_400,
    changeAt: 600,
    events: [
      {
        kind: 'rollout',
        at: 600,
        baseline: { prompt: 'v12' },
        candidate: { prompt: 'v13' },
        stages: [10, 50, 100],
        soakSeconds: 3_600,
      },
    ],
    traffic: () => [
      { from: 0, to: 600, perSecond: 5 },
      { from: 600, to: 2_400, perSecond: 5, behave: canary(0.25, () => ({ prompt: 'v13' })) },
    ],
  },
  {
    name: 'straddling-sessions',
    story: 'sessions that a change of prompt and tools catches half-way fail; those that begin after it do not',
    expected: { detector: 'consistency_window' },
    seconds: 2_700,
    changeAt: 600,
    traffic: () => {
      const met = new Map<string, Set<boolean>>();
      return [
        { from: 0, to: 600, perSecond: 5 },
        {
          from: 600,
          to: 1_800,
          perSecond: 5,
          // Half of the sessions keep what they began with; of the others each call may get either version.
          behave: (usual, draws) => {
            const share = sessionShare(usual.session);
            const moved = share >= 0.5 ? draws.chance(0.5) : share < 0.25;
            const versions = (met.get(usual.session) ?? new Set()).add(moved);
            met.set(usual.session, versions);
            const succeeded = draws.chance(0.5) ? draws.chance(versions.size > 1 ? 0.6 : 0.92) : null;
            return moved ? { prompt: 'v13', tools: 't4', succeeded } : { succeeded };
          },
        },
        { from: 1_800, to: 2_700, perSecond: 5, behave: () => ({ prompt: 'v13', tools: 't4' }) },
      ];
    },
  },
  {
    name: 'old-pods',
    story: 'one of four pods goes on serving the old prompt long after the pointer moved',
    expected: { detector: 'consistency_window', surface: 'prompt', info: true },
    seconds: 2_400,
    changeAt: 900,
    events: [{ kind: 'deployment', at: 900, surface: 'prompt', version: 'v13', previousVersion: 'v12' }],
    traffic: () => [
      { from: 0, to: 900, perSecond: 4 },
      {
        from: 900,
        to: 2_400,
        perSecond: 4,
        behave: ({ pod }) => ({ prompt: pod === 'support-bot-0' ? 'v12' : 'v13' }),
      },
    ],
  },
  {
    name: 'silent-drift',
    story: 'nothing was deployed, and after two days 6 % of the JSON outputs break instead of 1 %',
    expected: { detector: 'silent_drift' },
    seconds: 2 * DAY + 4 * HOUR,
    changeAt: 2 * DAY,
    step: HOUR / 2,
    traffic: () => [
      { from: 0, to: 2 * DAY, perSecond: 0.06 },
      {
        from: 2 * DAY,
        to: 2 * DAY + 4 * HOUR,
        perSecond: 0.3,
        behave: (_, draws) => ({ text: ticket(draws, draws.chance(0.06)) }),
      },
    ],
  },
  {
    name: 'mutated-version',
    story: 'the text of a published prompt version is edited in place',
    expected: { detector: 'registry_hygiene', surface: 'prompt' },
    seconds: 1_800,
    changeAt: 900,
    traffic: () => [
      { from: 0, to: 900, perSecond: 3 },
      {
        from: 900,
        to: 1_800,
        perSecond: 3,
        behave: ({ instructions }) => ({ instructions: `${instructions} Be warm.` }),
      },
    ],
  },
  {
    name: 'breaking-tool-schema',
    story: 'a tool definition gets a new required argument',
    expected: { detector: 'registry_hygiene', surface: 'tools' },
    seconds: 1_800,
    changeAt: 900,
    traffic: () => [
      { from: 0, to: 900, perSecond: 3 },
      {
        from: 900,
        to: 1_800,
        perSecond: 3,
        behave: () => ({
          tools: 't4',
          toolDefinitions: TOOL_DEFINITIONS.replace(
            '"required":["order_id"]',
            '"required":["order_id","with_history"]',
          ),
        }),
      },
    ],
  },
  {
    name: 'pod-truncation',
    story: 'streams that are open when their pod ends are cut off',
    expected: { detector: 'drain_advice', info: true },
    seconds: 2_700,
    changeAt: 600,
    traffic: () => [
      {
        from: 0,
        to: 2_700,
        perSecond: 4,
        // A pod lives 300 s; what has not ended by then is cut off.
        behave: (usual, draws) => {
          const second = Math.floor(usual.atMs / 1000);
          const generation = Math.floor(second / 300);
          const leftMs = (300 - (second % 300)) * 1000;
          const durationMs = draws.logNormal(15_000, 0.6);
          const cut = durationMs > leftMs;
          return {
            pod: `${usual.pod}-${generation}`,
            durationMs: cut ? leftMs : durationMs,
            finishReason: cut ? '' : 'stop',
            json: false,
            text: prose(draws),
          };
        },
      },
    ],
  },
  {
    name: 'mcp-mismatch',
    story: 'a server speaks another protocol version than its client asks for, and negotiation fails',
    expected: { detector: 'mcp', info: true },
    seconds: 1_800,
    changeAt: 900,
    traffic: () =>
      ['2025-06-18', '2024-11-05'].map((version, phase) => ({
        from: phase * 900,
        to: (phase + 1) * 900,
        perSecond: 2,
        behave: (_, draws) => ({
          attributes: { 'mcp.protocol.version': version, 'mcp.method.name': 'initialize', 'mcp.session.id': 'm1' },
          errorType: phase === 1 && draws.chance(0.3) ? 'mcp_negotiation_failed' : '',
        }),
      })),
  },
];
