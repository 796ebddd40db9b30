import { describe, expect, it } from 'vitest';
import { OUTPUT_READER } from '../../detectors/index.js';
import { BehaviourWatch, InlineBehaviourRunner } from '../../src/evaluation/behaviour/index.js';
import { BUCKET_SECONDS, type FindingDraft, type Generation, type Rollout, targetId } from '../../src/model/index.js';
import { DEFAULT_ROLLOUT_POLICY } from '../../src/rollouts/index.js';
import { knownVectors } from '../../src/store/queries/cells.js';
import { aGeneration, generationsBatch, TARGET } from '../support/batches.js';
import { startStore } from '../support/store.js';

const START = 1_795_000_000;
const BUCKETS = 30;

const { database, load } = await startStore();

/** A rollout of an operation of the test's own. */
function rolloutOf(operation: string): Rollout {
  const target = { ...TARGET, operation };
  return {
    id: `rol_${operation}`,
    targetId: targetId(target),
    target,
    baseline: { prompt: 'v12' },
    candidate: { prompt: 'v13' },
    changed: ['prompt'],
    origin: 'declared',
    policy: DEFAULT_ROLLOUT_POLICY,
    startedAt: START * 1000,
  };
}

const OPENINGS = [
  'The order left the depot',
  'Your parcel was handed over',
  'The invoice was sent',
  'It is on its way',
];
const PLAIN = (index: number) =>
  `${OPENINGS[index % 4]} on day ${index % 7}. It takes ${2 + (index % 3)} days, and ${index % 2 ? 'nothing else is' : 'no fee may be'} due.`;
const SYCOPHANT = (index: number) =>
  `What a great question! You are absolutely right, and I love how thoughtful you are. ${PLAIN(index)} Amazing choice!`;

function output(index: number, bucket: number, prompt: string, text: string, more: Partial<Generation> = {}) {
  return aGeneration(
    START + bucket * BUCKET_SECONDS + (index % 10),
    { prompt },
    { ...more, fingerprint: OUTPUT_READER.fingerprint(text) },
  );
}

async function watched(operation: string, generations: readonly Generation[]) {
  const rollout = rolloutOf(operation);
  await load(generationsBatch(generations.map((generation) => ({ ...generation, target: rollout.target }))));
  const vectors = await knownVectors(database, rollout.targetId);
  const reported: FindingDraft[] = [];
  const report = async (drafts: readonly FindingDraft[]) => {
    reported.push(...drafts);
  };
  const watch = new BehaviourWatch({ database, runner: new InlineBehaviourRunner(), report });
  const until = START + BUCKETS * BUCKET_SECONDS;
  const look = () => watch.look({ rollout, vectors }, until);
  while (await look());
  return { watch, reported, look, standing: () => watch.standingOf(rollout.id) };
}

function traffic(candidateText: (index: number) => string, more: Partial<Generation> = {}): Generation[] {
  return Array.from({ length: BUCKETS }, (_, bucket) => bucket).flatMap((bucket) => [
    ...Array.from({ length: 8 }, (_, index) => output(index, bucket, 'v12', PLAIN(bucket * 8 + index))),
    ...Array.from({ length: 3 }, (_, index) => output(index, bucket, 'v13', candidateText(bucket * 3 + index), more)),
  ]);
}

describe('the behaviour of a running rollout', () => {
  it('is found to have changed when only the tone has, with the features that moved and outputs that show it', async () => {
    const { reported, standing: standingNow } = await watched('tone', traffic(SYCOPHANT));
    expect(reported).toHaveLength(1);
    const [finding] = reported;
    expect(finding).toMatchObject({ detector: 'behaviour', severity: 'warning', surface: 'prompt' });
    expect(finding?.sentence).toMatch(/written differently/);
    const standing = standingNow();
    expect(standing).toMatchObject({ baselineN: 8 * BUCKETS, candidateN: 3 * BUCKETS, changed: true });
    const praise = standing?.tone.find(({ name }) => name === 'praiseWords');
    expect(praise?.candidateMean).toBeGreaterThan(praise?.baselineMean ?? Number.NaN);
    expect(praise?.lower).toBeGreaterThan(0.5);
    expect(standing?.examples.candidate[0]).toMatch(/^[0-9a-f]{32}\/[0-9a-f]{16}$/);
  });

  it('is left alone when the outputs are of the same kind', async () => {
    const { reported, standing } = await watched('same', traffic(PLAIN));
    expect(reported).toEqual([]);
    expect(standing()).toMatchObject({ changed: false });
  });

  it('is not judged by shadow calls beside serving ones, but by the calls that they repeat', async () => {
    const originals = traffic(PLAIN).filter(({ versions }) => versions.prompt.value === 'v12');
    const shadows = originals.map((original, index) =>
      output(index, Math.floor(index / 8), 'v13', SYCOPHANT(index), { arm: 'shadow', shadowOf: original.spanId }),
    );
    const { reported, standing } = await watched('shadow', [...originals, ...shadows]);
    expect(standing()).toMatchObject({ baselineN: 240, candidateN: 240 });
    expect(reported).toHaveLength(1);
  });

  it('is read once, and again after a restart with the same answer', async () => {
    const { watch, reported, look, standing } = await watched('restart', traffic(SYCOPHANT));
    const before = standing();
    expect(await look()).toBe(false);
    expect(standing()).toEqual(before);
    watch.keepOnly(new Set());
    expect(standing()).toBeNull();
    while (await look());
    expect(standing()).toEqual(before);
    expect(reported).toHaveLength(2);
    expect(reported[1]).toEqual(reported[0]);
  });
});
