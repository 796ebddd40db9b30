import { expect, test } from 'vitest';
import { sharesOf } from '../../src/cli/backtest/budget.js';
import { BACKTEST_USAGE, parseBacktestOptions } from '../../src/cli/backtest/options.js';
import { meaningOfColumn } from '../../src/cli/backtest/outcome-meaning.js';

const SIDES = ['f.csv', '--version-column', 'v', '--baseline', 'a', '--candidate', 'b'];

test.each([
  ['Response Rate', 'safety'],
  ['refused', 'safety'],
  ['was_flagged', 'safety'],
  ['Directly Usable', 'success'],
  ['correct', 'success'],
  ['unit_tests_passed', 'success'],
] as const)('an outcome called %s is read as %s', (column, meaning) => {
  expect(meaningOfColumn(column)).toBe(meaning);
});

test('what is asked for shares the budget by weight; one question alone has all of it', () => {
  const shares = (...args: string[]) => Object.fromEntries(sharesOf(parseBacktestOptions([...SIDES, ...args])));
  expect(shares('--outcome', 'correct')).toEqual({ task_success: 1 });
  expect(shares('--outcome', 'refused')).toEqual({ outcome_safety: 1 });
  const all = shares('--outcome', 'correct', '--output', 'o', '--schema', 's.json');
  expect(Object.values(all).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(all['task_success']).toBeCloseTo(0.3, 12);
  expect(Object.keys(shares('--output', 'o'))).toEqual(['refusal', 'length', 'behaviour']);
});

test('every option is in the usage', () => {
  for (const option of ['--outcome-means', '--fail-on-change', '--schema', '--latency']) {
    expect(BACKTEST_USAGE).toContain(option);
  }
});
