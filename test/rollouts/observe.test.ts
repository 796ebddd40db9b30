import { describe, expect, test } from 'vitest';
import type { Rollout, RolloutStatus, VersionValues } from '../../src/model/index.js';
import type { KnownRollout } from '../../src/rollouts/endings.js';
import { MAX_RUNNING_ROLLOUTS, observeRollouts } from '../../src/rollouts/observe.js';
import { DEFAULT_ROLLOUT_POLICY } from '../../src/rollouts/policy.js';
import { initialState } from '../../src/rollouts/states.js';
import type { VectorTraffic } from '../../src/rollouts/traffic.js';
import { promptRollout, START, START_MS, TARGET, TARGET_ID, versions } from './fleet.js';

/** `n` calls a bucket from one second to another after START. */
function traffic(values: Partial<VersionValues>, from: number, until: number, n: number): VectorTraffic {
  const buckets = Array.from({ length: (until - from) / 10 }, (_, index) => ({ bucket: START + from + index * 10, n }));
  return { values: versions(values), firstBucket: START + from, buckets };
}

function observe(seconds: number, vectors: readonly VectorTraffic[], rollouts: readonly KnownRollout[] = []) {
  const question = { targetId: TARGET_ID, target: TARGET, policy: DEFAULT_ROLLOUT_POLICY };
  return observeRollouts({ ...question, traffic: vectors, rollouts, now: START_MS + seconds * 1000 });
}

function known(rollout: Rollout, status: RolloutStatus = 'running'): KnownRollout {
  return { rollout, state: { ...initialState(rollout), status }, candidateSince: null };
}

const BASELINE = { prompt: 'v1' };
const CANDIDATE = { prompt: 'v2' };

describe('opening', () => {
  const appeared = [traffic(BASELINE, 0, 600, 90), traffic(CANDIDATE, 300, 600, 10)];

  test('a prompt that appears beside an established one is a rollout of the prompt', () => {
    const { open } = observe(600, appeared);
    expect(open).toHaveLength(1);
    expect(open[0]).toMatchObject({
      baseline: { prompt: 'v1' },
      candidate: { prompt: 'v2' },
      changed: ['prompt'],
      origin: 'observed',
      startedAt: (START + 300) * 1000,
    });
  });

  test('has the same id whenever it is seen, and is not opened again', () => {
    const first = observe(600, appeared).open[0];
    const again = observe(900, appeared).open[0];
    if (first === undefined) throw new Error('not opened');
    expect(again?.id).toBe(first.id);
    for (const status of ['running', 'promoted', 'rolled_back', 'superseded', 'abandoned'] as const) {
      expect(observe(900, appeared, [known(first, status)]).open).toEqual([]);
    }
  });

  test.each([
    ['too few generations', [traffic(BASELINE, 0, 600, 90), traffic(CANDIDATE, 590, 600, 10)]],
    ['too small a share', [traffic(BASELINE, 0, 600, 9000), traffic(CANDIDATE, 300, 600, 1)]],
    ['no baseline before it', [traffic(BASELINE, 0, 600, 90), traffic(CANDIDATE, 0, 600, 90)]],
    ['a mix that started together', [traffic(BASELINE, 0, 600, 90), traffic(CANDIDATE, 10, 600, 90)]],
    ['only one version ever', [traffic(BASELINE, 0, 600, 90)]],
    ['a version that begins to be missing', [traffic(BASELINE, 0, 600, 90), traffic({ prompt: '' }, 300, 600, 90)]],
    ['a version that begins to be tagged', [traffic({ prompt: '' }, 0, 600, 90), traffic(BASELINE, 300, 600, 90)]],
  ])('%s: nothing is opened', (_, vectors) => {
    expect(observe(600, vectors).open).toEqual([]);
  });

  test('a missing surface is left out of a change of another', () => {
    const { open } = observe(600, [traffic(BASELINE, 0, 600, 90), traffic({ prompt: 'v2', tools: '' }, 300, 600, 10)]);
    expect(open[0]?.changed).toEqual(['prompt']);
  });

  test('several surfaces that change together are one rollout', () => {
    const { open } = observe(600, [
      traffic(BASELINE, 0, 600, 90),
      traffic({ prompt: 'v2', model: 'gpt-5' }, 300, 600, 10),
    ]);
    expect(open.map(({ changed }) => changed)).toEqual([['model', 'prompt']]);
  });

  test('one prompt change on two models at once is one rollout', () => {
    const { open } = observe(600, [
      traffic({ prompt: 'v1', model: 'large' }, 0, 600, 60),
      traffic({ prompt: 'v1', model: 'small' }, 0, 600, 40),
      traffic({ prompt: 'v2', model: 'large' }, 300, 600, 6),
      traffic({ prompt: 'v2', model: 'small' }, 300, 600, 4),
    ]);
    expect(open.map(({ changed }) => changed)).toEqual([['prompt']]);
  });

  test('a surface that never settles is no version, and hides no change of another', () => {
    const noisy = Array.from({ length: 30 }, (_, index) => [
      traffic({ prompt: 'v1', context: `c${index}` }, index * 10, 600, 3),
      traffic({ prompt: 'v2', context: `c${index}` }, 300 + index * 10, 600, 1),
    ]).flat();
    expect(observe(600, noisy).open.map(({ changed }) => changed)).toEqual([['prompt']]);
  });

  test('versions of the past do not unsettle a surface', () => {
    const past = Array.from({ length: 30 }, (_, index) => ({ ...traffic({ prompt: `old${index}` }, 0, 0, 0) }));
    expect(observe(600, [...past, ...appeared]).open.map(({ changed }) => changed)).toEqual([['prompt']]);
  });

  test.each(['running', 'rolled_back'] as const)('the way back from a %s rollout is not a rollout', (status) => {
    const back = [traffic(CANDIDATE, 0, 600, 90), traffic(BASELINE, 300, 600, 90)];
    expect(observe(600, back, [known(promptRollout({ startedAt: START_MS - 1000 }), status)]).open).toEqual([]);
    expect(observe(600, back).open).toHaveLength(1);
  });

  test('a part of a larger declared change is not a rollout of its own while that runs', () => {
    const declared = promptRollout({
      baseline: { prompt: 'v1', tools: 't1' },
      candidate: { prompt: 'v2', tools: 't2' },
      changed: ['prompt', 'tools'],
      origin: 'declared',
    });
    expect(observe(600, appeared, [known(declared)]).open).toEqual([]);
  });

  test('is bounded, and says what was refused', () => {
    const running = Array.from({ length: MAX_RUNNING_ROLLOUTS }, (_, index) =>
      known(
        promptRollout({ id: `rol_${index}`, candidate: { prompt: `other${index}` }, startedAt: START_MS + 590_000 }),
      ),
    );
    const { open, refused } = observe(600, appeared, running);
    expect(open).toEqual([]);
    expect(refused).toEqual(['prompt v1 → prompt v2 was not opened: 16 rollouts of this target are running']);
  });
});

describe('ending', () => {
  test('an observed rollout gives way to the declaration of the same change', () => {
    const vectors = [traffic(BASELINE, 0, 600, 90), traffic(CANDIDATE, 300, 600, 10)];
    const observed = observe(600, vectors).open[0];
    if (observed === undefined) throw new Error('not opened');
    const declared = { ...observed, id: 'release-42', origin: 'declared' as const };
    const { end, open } = observe(600, vectors, [known(observed), known(declared)]);
    expect(end).toEqual([expect.objectContaining({ rolloutId: observed.id, status: 'superseded' })]);
    expect(open).toEqual([]);
  });

  const rollout = promptRollout();

  test.each([
    ['promoted', [traffic(BASELINE, 0, 600, 90), traffic(CANDIDATE, 0, 1800, 90)]],
    ['abandoned', [traffic(BASELINE, 0, 1800, 90), traffic(CANDIDATE, 0, 600, 10)]],
  ] as const)('%s, by what traffic did for ten minutes', (status, vectors) => {
    expect(observe(1800, vectors, [known(rollout)]).end).toMatchObject([{ rolloutId: rollout.id, status }]);
    expect(observe(1800, vectors, [known(rollout, 'rolled_back')]).end).toEqual([]);
  });

  test('superseded, when a later rollout changes the same surface', () => {
    const vectors = [
      traffic(BASELINE, 0, 1800, 90),
      traffic(CANDIDATE, 0, 600, 10),
      traffic({ prompt: 'v3' }, 600, 1800, 10),
    ];
    const { open, end } = observe(1800, vectors, [known(rollout)]);
    expect(open[0]?.candidate).toEqual({ prompt: 'v3' });
    expect(end).toMatchObject([{ rolloutId: rollout.id, status: 'superseded' }]);
    expect(end[0]?.reason).toContain(open[0]?.id);
  });

  test.each([
    ['the candidate still serves', [traffic(BASELINE, 0, 1800, 90), traffic(CANDIDATE, 0, 1800, 1)], rollout],
    ['the target is silent', [traffic(BASELINE, 0, 600, 90), traffic(CANDIDATE, 0, 600, 10)], rollout],
    ['the candidate has not come yet', [traffic(BASELINE, 0, 1800, 90)], promptRollout({ origin: 'declared' })],
  ])('not while %s', (_, vectors, running) => {
    expect(observe(1800, vectors, [known(running)]).end).toEqual([]);
  });
});
