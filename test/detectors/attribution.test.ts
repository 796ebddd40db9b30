import { describe, expect, it } from 'vitest';
import { attributeDifference } from '../../detectors/attribution.js';
import type { SeenVector, VectorCounts, VersionValues } from '../../src/model/index.js';

const vector = (vectorId: string, values: Partial<VersionValues>): SeenVector => ({
  targetId: 't',
  vectorId,
  values: { model: 'm', prompt: 'v12', tools: 't3', context: '', ...values },
});
const VECTORS = [
  vector('old', {}),
  vector('new', { prompt: 'v13', tools: 't4' }),
  vector('prompt only', { prompt: 'v13' }),
  vector('tools only', { tools: 't4' }),
  vector('third', { prompt: 'v14', tools: 't4' }),
];
const BOTH = {
  baseline: { prompt: 'v12', tools: 't3' },
  candidate: { prompt: 'v13', tools: 't4' },
  changed: ['prompt', 'tools'] as const,
};
const PROMPT = { baseline: { prompt: 'v12' }, candidate: { prompt: 'v13' }, changed: ['prompt'] as const };

const counts = (vectorId: string, n: number, failures: number, stratum = '0-4k'): VectorCounts => ({
  ...{ vectorId, stratum, metric: 'compliance', n, failures },
});

describe('attribution', () => {
  it('says which surface did it when traffic has seen them apart', () => {
    const answer = attributeDifference(
      BOTH,
      'compliance',
      [
        counts('old', 2000, 40),
        counts('new', 2000, 200),
        counts('prompt only', 2000, 198),
        counts('tools only', 2000, 41),
      ],
      VECTORS,
    );
    expect(answer?.surfaces).toMatchObject({ kind: 'attributed' });
    if (answer?.surfaces.kind !== 'attributed') throw new Error('not attributed');
    expect(answer.surfaces.bySurface.prompt).toBeGreaterThan(0.07);
    expect(Math.abs(answer.surfaces.bySurface.tools ?? 1)).toBeLessThan(0.01);
    expect(answer.sentence).toMatch(/^prompt \+[78]\.\d and tools -?\+?0\.\d+ points/);
  });

  it('says that it cannot know when they always changed together, and which arms would tell', () => {
    const answer = attributeDifference(
      BOTH,
      'compliance',
      [counts('old', 2000, 40), counts('new', 2000, 200)],
      VECTORS,
    );
    expect(answer?.surfaces).toEqual({
      kind: 'not_identifiable',
      confounded: ['prompt', 'tools'],
      revertOneArms: [
        { reverted: 'prompt', changed: ['tools'] },
        { reverted: 'tools', changed: ['prompt'] },
      ],
    });
    expect(answer?.sentence).toContain('Prompt and tools always changed together');
  });

  it('tells a different mix of requests from different answers, and where they differ', () => {
    const mixOnly = attributeDifference(
      PROMPT,
      'compliance',
      [
        ...[counts('old', 1800, 18), counts('old', 200, 40, '50-150k')],
        ...[counts('prompt only', 1000, 10), counts('prompt only', 1000, 200, '50-150k')],
      ],
      VECTORS,
    );
    expect(mixOnly?.behaviour).toBeCloseTo(0, 10);
    expect(mixOnly?.mix).toBeCloseTo(0.076, 3);
    expect(mixOnly?.sentence).toContain('come from other requests (+7.6)');

    const rot = attributeDifference(
      PROMPT,
      'compliance',
      [
        ...[counts('old', 1000, 10), counts('old', 1000, 20, '50-150k')],
        ...[counts('prompt only', 1000, 11), counts('prompt only', 1000, 180, '50-150k')],
      ],
      VECTORS,
    );
    expect(rot?.strata[0]).toMatchObject({ stratum: '50-150k' });
    expect(rot?.sentence).toContain('most of it at a context size of 50-150k, where 18.0 % fail instead of 2.0 %');
  });

  it('leaves out third versions and other metrics, and is nothing without both arms', () => {
    const third = [counts('old', 100, 1), counts('third', 100, 100)];
    expect(attributeDifference(BOTH, 'compliance', third, VECTORS)).toBeNull();
    expect(attributeDifference(BOTH, 'errors', [counts('old', 9, 1), counts('new', 9, 1)], VECTORS)).toBeNull();
  });
});
