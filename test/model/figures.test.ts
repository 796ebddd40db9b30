import { expect, test } from 'vitest';
import {
  formatCount,
  formatEvidence,
  formatPoints,
  formatRate,
  formatSeconds,
  wordList,
} from '../../src/model/index.js';

test('counts, rates and differences are written for people', () => {
  expect(formatCount(2250)).toBe('2,250');
  expect([0, 0.0022, 0.0519, 1, Number.NaN].map(formatRate)).toEqual([
    '0.0 %',
    '0.22 %',
    '5.2 %',
    '100.0 %',
    'no data',
  ]);
  expect([0.05, -0.021, 0, 0.0004, -0.000001].map(formatPoints)).toEqual(['+5.0', '-2.1', '0.0', '+0.04', '0.00']);
});

test('e-values are readable from nothing to overwhelming', () => {
  const logs = [-40, Math.log(0.42), 0, Math.log(251.4), Math.log(12_400), 40, 800];
  expect(logs.map(formatEvidence)).toEqual(['under 0.01', '0.42', '1.0', '251', '12,400', '2.4 × 10¹⁷', '2.7 × 10³⁴⁷']);
});

test('durations and lists are said as people say them', () => {
  expect([45, 180, 7200].map(formatSeconds)).toEqual(['45 seconds', '3 minutes', '2 hours']);
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(wordList)).toEqual(['', 'a', 'a and b', 'a, b and c']);
});
