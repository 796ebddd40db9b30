import type { Scenario } from './scenario.js';
import { ticket } from './texts.js';
import { canary } from './traffic.js';

const SECONDS = 1_800;
const STEP = 60;
const BEFORE = 600;

const HARMLESS = { expected: null, seconds: SECONDS, changeAt: 0, step: STEP } as const;
const BASELINE = { from: 0, to: BEFORE, perSecond: 4 } as const;
const CANARY = canary(0.1, () => ({ prompt: 'v13' }));

/** Traffic in which nothing is wrong, however it looks. */
export const NEGATIVE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'diurnal-dip',
    story: 'traffic falls to a tenth and comes back; a canary is as good as its baseline',
    ...HARMLESS,
    traffic: () => [
      { from: 0, to: BEFORE, perSecond: 5 },
      {
        from: BEFORE,
        to: SECONDS,
        perSecond: (second) => 0.5 + 4.5 * Math.abs(Math.cos(((second - BEFORE) / (SECONDS - BEFORE)) * Math.PI)),
        behave: CANARY,
      },
    ],
  },
  {
    name: 'ramp-with-drifting-base',
    story: 'everybody’s outputs get worse while a canary grows from 1 % to 50 %',
    ...HARMLESS,
    traffic: () => [
      BASELINE,
      ...[0.01, 0.05, 0.1, 0.25, 0.5].map((share, stage) => ({
        from: BEFORE + stage * 240,
        to: BEFORE + (stage + 1) * 240,
        perSecond: 4,
        behave: canary(
          share,
          () => ({ prompt: 'v13' }),
          (_, draws) => ({ text: ticket(draws, draws.chance(0.01 + 0.02 * (stage + 1))) }),
        ),
      })),
    ],
  },
  {
    name: 'mix-shift',
    story: 'hard requests become common for both arms alike',
    ...HARMLESS,
    traffic: () => [
      BASELINE,
      {
        from: BEFORE,
        to: SECONDS,
        perSecond: 4,
        behave: canary(
          0.1,
          () => ({ prompt: 'v13' }),
          (usual, draws) => {
            const second = (usual.atMs / 1000) % SECONDS;
            const hard = draws.chance(0.1 + 0.4 * (second / SECONDS));
            return { inputTokens: hard ? 20_000 : 900, text: ticket(draws, draws.chance(hard ? 0.06 : 0.01)) };
          },
        ),
      },
    ],
  },
  {
    name: 'shared-outage',
    story: 'the provider fails a third of all calls for three minutes',
    ...HARMLESS,
    traffic: () => {
      const outage = { from: 1_000, to: 1_180 };
      const failing = canary(
        0.1,
        () => ({ prompt: 'v13' }),
        (_, draws) => ({ errorType: draws.chance(0.33) ? 'overloaded' : '' }),
      );
      return [
        BASELINE,
        { from: BEFORE, to: outage.from, perSecond: 4, behave: CANARY },
        { ...outage, perSecond: 4, behave: failing },
        { from: outage.to, to: SECONDS, perSecond: 4, behave: CANARY },
      ];
    },
  },
  {
    name: 'never-staged',
    story: 'a team that never used canaries gives a good prompt to everybody at once',
    ...HARMLESS,
    traffic: () => [BASELINE, { from: BEFORE, to: SECONDS, perSecond: 4, behave: () => ({ prompt: 'v13' }) }],
  },
  {
    name: 'low-traffic',
    story: 'one call in ten seconds, a tenth of them on a canary',
    expected: null,
    seconds: 4 * 3_600,
    changeAt: 0,
    step: 300,
    traffic: () => [
      { from: 0, to: 3_600, perSecond: 0.1 },
      { from: 3_600, to: 4 * 3_600, perSecond: 0.1, behave: CANARY },
    ],
  },
  {
    name: 'no-labels',
    story: 'nobody ever says how a task ended',
    ...HARMLESS,
    traffic: () => [
      { from: 0, to: BEFORE, perSecond: 4, behave: () => ({ succeeded: null }) },
      {
        from: BEFORE,
        to: SECONDS,
        perSecond: 4,
        behave: canary(
          0.1,
          () => ({ prompt: 'v13' }),
          () => ({ succeeded: null }),
        ),
      },
    ],
  },
  {
    name: 'retries-and-duplicates',
    story: 'exporters send a third of their requests twice',
    ...HARMLESS,
    resent: 0.33,
    traffic: () => [BASELINE, { from: BEFORE, to: SECONDS, perSecond: 4, behave: CANARY }],
  },
  {
    name: 'clock-skew',
    story: 'the clocks of pods are up to 40 seconds apart, and exports come late',
    ...HARMLESS,
    lateSeconds: (draws) => draws.below(45),
    traffic: () => {
      const skew = { 'support-bot-0': -20, 'support-bot-1': 0, 'support-bot-2': 9, 'support-bot-3': 20 };
      const skewed = (pod: string, atMs: number) => ({
        atMs: atMs + 1000 * (Object.entries(skew).find(([name]) => name === pod)?.[1] ?? 0),
      });
      return [
        { from: 60, to: BEFORE, perSecond: 4, behave: ({ pod, atMs }) => skewed(pod, atMs) },
        {
          from: BEFORE,
          to: SECONDS,
          perSecond: 4,
          behave: canary(
            0.1,
            () => ({ prompt: 'v13' }),
            ({ pod, atMs }) => skewed(pod, atMs),
          ),
        },
      ];
    },
  },
];
