import { expect, it } from 'vitest';
import { foundOf, type Played } from '../../bench/scenarios/index.js';

const RUN: Played = {
  name: 'latency',
  seed: 1,
  expected: 'latency',
  got: 'latency/latency',
  detector: 'latency',
  surface: 'model',
  generationsToFinding: 100,
  secondsToFinding: 60,
  incidents: 1,
  generations: 1000,
  ok: true,
  sentence: '',
};

it('tells of each scenario how often and how soon it was found', () => {
  const missed: Played = { ...RUN, got: 'nothing', secondsToFinding: null, generationsToFinding: null, ok: false };
  const runs: readonly Played[] = [
    { ...RUN, secondsToFinding: 990 },
    RUN,
    missed,
    // Something was found, but not what was wrong.
    { ...RUN, secondsToFinding: 5, ok: false },
    { ...RUN, secondsToFinding: 90 },
    { ...RUN, name: 'retries', expected: 'nothing', got: 'nothing', secondsToFinding: null },
    { ...missed, name: 'errors' },
  ];
  expect(foundOf(runs)).toEqual([
    { name: 'latency', found: 3, runs: 5, medianSeconds: 90, worstSeconds: 990 },
    { name: 'errors', found: 0, runs: 1, medianSeconds: null, worstSeconds: null },
  ]);
});
