import { describe, expect, it } from 'vitest';
import { FINGERPRINTS_PER_BUCKET, FingerprintSampling } from '../../collectors/fingerprint-sampling.js';
import { aGeneration } from '../support/batches.js';

const START = 1_795_000_000;

function taken(sampling: FingerprintSampling, bucket: number, n: number, prompt = 'v1'): number {
  let count = 0;
  for (let index = 0; index < n; index++)
    if (sampling.takes(aGeneration(START + bucket * 10 + (index % 10), { prompt }))) count++;
  return count;
}

describe('the sample of fingerprints', () => {
  it('holds everything of a rare vector', () => {
    const sampling = new FingerprintSampling();
    for (let bucket = 0; bucket < 5; bucket++) expect(taken(sampling, bucket, 15)).toBe(15);
  });

  it('is bounded however much traffic a vector has', () => {
    const sampling = new FingerprintSampling();
    expect(taken(sampling, 0, 20_000)).toBeLessThan(40 * FINGERPRINTS_PER_BUCKET);
    expect(taken(sampling, 1, 20_000)).toBeLessThan(5 * FINGERPRINTS_PER_BUCKET);
  });

  it('does not let a large vector crowd out a small one', () => {
    const sampling = new FingerprintSampling();
    taken(sampling, 0, 20_000, 'v1');
    expect(taken(sampling, 0, 15, 'v2')).toBe(15);
  });

  it('has every shadow call, which is a sample already', () => {
    const sampling = new FingerprintSampling();
    taken(sampling, 0, 20_000);
    taken(sampling, 1, 20_000);
    const shadow = aGeneration(START + 15, { prompt: 'v1' }, { arm: 'shadow' });
    expect(sampling.takes(shadow)).toBe(true);
  });
});
