import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FAMILIES } from '../../../bench/vectors/families.js';
import { runVectors } from '../../../bench/vectors/run.js';
import { readVectorFiles } from '../../../bench/vectors/vector-file.js';

const ownVectors = path.resolve(import.meta.dirname, '../../fixtures/statistics/vectors');

/** The published vectors are larger than what belongs in this repository; without them only our own are checked. */
const shared = process.env['LEEWAY_SHARED'] ?? path.resolve(import.meta.dirname, '../../../../shared');
const publishedVectors = path.join(shared, 'vectors');

const ONE_CASE = {
  name: 'half of two',
  input: { k: 1, n: 2 },
  expected: { 'wilson_0.05': [0.09453120573423074, 0.9054687942657693] },
  tolerance: { abs: 1e-9, rel: 0 },
};

describe('own vectors', () => {
  const files = readVectorFiles(ownVectors);

  test('every family that is not left out has cases', () => {
    const implemented = FAMILIES.filter((family) => 'kinds' in family).map(({ name }) => name);
    expect(files.map(({ family }) => family).sort()).toEqual([...implemented].sort());
    expect(files.every(({ cases }) => cases.length > 0)).toBe(true);
  });

  test.each(files.map((file) => [file.family, file] as const))('%s', (_, file) => {
    const report = runVectors([file]);
    expect(report.failures).toEqual([]);
    expect(report.passed).toBe(file.cases.length);
  });
});

describe.skipIf(!existsSync(publishedVectors))('published vectors', () => {
  test('all cases pass, and what is left out says why', () => {
    const report = runVectors(readVectorFiles(publishedVectors));
    expect(report.failures).toEqual([]);
    expect(report.passed).toBeGreaterThan(200);
    expect(report.leftOut.map(({ family }) => family)).toEqual(['21_kayenta_judge']);
  });
});

describe('the runner', () => {
  test('tells a family by its name, numbered or not', () => {
    for (const family of ['proportions', '04_proportions']) {
      expect(runVectors([{ family, cases: [ONE_CASE] }]).passed).toBe(1);
    }
  });

  test('fails a value outside its tolerance and says what it got', () => {
    const wrong = { ...ONE_CASE, expected: { 'wilson_0.05': [0.1, 0.9] } };
    const [failure] = runVectors([{ family: 'proportions', cases: [wrong] }]).failures;
    expect(failure?.mismatches.map(({ quantity }) => quantity)).toEqual(['wilson_0.05[0]', 'wilson_0.05[1]']);
  });

  test.each([
    ['a quantity that nothing computes', { ...ONE_CASE, expected: { waldo: 1 } }],
    ['an input that no function takes', { ...ONE_CASE, input: { sideways: 1 } }],
    ['an input that a guard refuses', { ...ONE_CASE, input: { k: 3, n: 2 } }],
    ['a list of another length', { ...ONE_CASE, expected: { 'wilson_0.05': [0.09453120573423074] } }],
  ])('fails %s', (_, one) => {
    expect(runVectors([{ family: 'proportions', cases: [one] }]).failures).toHaveLength(1);
  });

  test('lists a family that it does not know instead of passing it', () => {
    const report = runVectors([{ family: '99_tea_leaves', cases: [ONE_CASE] }]);
    expect(report.passed).toBe(0);
    expect(report.leftOut).toEqual([
      { family: '99_tea_leaves', reason: 'Leeway knows no family of this name', cases: 1 },
    ]);
  });

  test('refuses a file of another form by its name', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'leeway-vectors-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(path.join(folder, 'shopping.json'), '{"family": "proportions", "cases": [{"name": "milk"}]}');
    expect(() => readVectorFiles(folder)).toThrow('shopping.json');
  });
});
