import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CompatibilityCase, readCases } from '../../bench/schema-compat/case-file.js';
import { scoreCases } from '../../bench/schema-compat/score.js';

const CASES = resolve(process.env['LEEWAY_SHARED'] ?? '../shared', 'schema-compat');

const one = (more: Partial<CompatibilityCase>): CompatibilityCase => ({
  id: 'a',
  source: 'somebody',
  description: 'widened',
  originalSchema: { type: 'integer' },
  updateSchema: { type: 'number' },
  compatible: true,
  counterexample: null,
  engineQuirk: false,
  ...more,
});

describe('the score of compatibility cases', () => {
  it('counts where a source agrees, and says why where not', () => {
    const wrong = one({ id: 'b', compatible: false });
    const unknown = one({ id: 'c', updateSchema: { $ref: 'elsewhere.json' } });
    const quirk = one({ id: 'd', updateSchema: false, counterexample: { instance: 1 }, engineQuirk: true });
    expect(scoreCases([one({}), wrong, unknown, quirk])).toMatchObject({
      agree: 1,
      disagree: 1,
      unknown: 1,
      unsound: 0,
      scored: 3,
      disagreements: [
        { id: 'b', got: 'compatible' },
        { id: 'c', got: 'unknown' },
      ],
    });
  });

  it.skipIf(!existsSync(CASES))('is what was promised on the cases of two registries', () => {
    const score = scoreCases(readCases(CASES));
    expect(score).toMatchObject({ unsound: 0, unknown: 0 });
    expect(score.scored).toBeGreaterThan(200);
    expect(score.agreement).toBeGreaterThanOrEqual(0.97);
  });
});
