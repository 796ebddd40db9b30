import { beforeAll, describe, expect, it } from 'vitest';
import { standardErrorOf } from '../../bench/statistics/alarm-log.js';
import { drawBinomial } from '../../bench/statistics/binomial.js';
import { blocksOf, type Change, compliancePolicy, unitsToRollback } from '../../bench/statistics/delays.js';
import { readOptions } from '../../bench/statistics/options.js';
import { plotsOf } from '../../bench/statistics/plots.js';
import { seededUniform } from '../../bench/statistics/random.js';
import { asymptoticAlarms, bayesAlarms, naiveZAlarms, probabilityWorse } from '../../bench/statistics/rivals.js';
import { runStatistics, type StatisticsReport } from '../../bench/statistics/run.js';
import { tablesOf } from '../../bench/statistics/tables.js';
import { evaluateBlocks } from '../../detectors/compare.js';
import { compliance } from '../../detectors/compliance.js';
import type { Block, MetricEvaluation } from '../../src/model/index.js';

const SIZE = { runs: 60, looks: 200, seed: 7, throughputMs: 1, onProgress: () => {} };

const MAX_PLOT_BYTES = 60 * 1024;

describe('bench:stats', () => {
  let report: StatisticsReport;
  beforeAll(() => {
    report = runStatistics(SIZE);
  });

  it('keeps every method that guarantees its error rate below it, within Monte-Carlo error', () => {
    const guaranteed = report.falseAlarms.filter(({ ok }) => ok !== undefined);
    expect(guaranteed.length).toBeGreaterThan(50);
    for (const { alpha, rate, runs } of guaranteed) {
      const oneRun = 1 / runs; // a rate of few runs is coarse
      expect(rate).toBeLessThanOrEqual(alpha + 4 * standardErrorOf(alpha, runs) + oneRun);
    }
  });

  it('has every success rate with every share, and every kind of trouble', () => {
    const steady = report.falseAlarms.filter(({ scenario, method }) => scenario === 'steady' && method === 'naive z');
    expect(new Set(steady.map(({ p, share }) => `${p} ${share}`)).size).toBe(9);
    const scenarios = new Set(report.falseAlarms.map(({ scenario }) => scenario));
    for (const name of ['drift through a ramp', 'mix shift', 'sticky sessions', 'worse by the margin']) {
      expect(scenarios).toContain(name);
    }
  });

  it('shows the usual rules failing where the blocks do not', () => {
    const ramp = report.falseAlarms.filter(
      ({ scenario, p, alpha }) => scenario === 'drift through a ramp' && p === 0.9 && alpha === 0.05,
    );
    const rateOf = (wanted: string): number => ramp.find(({ method }) => method === wanted)?.rate ?? Number.NaN;
    expect(rateOf('naive z')).toBeGreaterThan(0.5);
    expect(rateOf('kernel A')).toBeLessThan(0.2);
  });

  it('counts more false alarms the longer one looks', () => {
    expect(report.peeking.map(({ scenario }) => scenario)).toEqual(['steady', 'drift through a ramp']);
    for (const { looks, rates } of report.peeking.flatMap(({ curves }) => curves)) {
      expect(looks.at(-1)).toBe(SIZE.looks);
      expect(rates).toEqual([...rates].sort((a, b) => a - b));
    }
  });

  it('is not faster than the test that knows both rates, and not much slower', () => {
    expect(report.delays.map(({ change }) => change)).toContain('98->95');
    for (const { ratioToOracle } of report.delays) {
      expect(ratioToOracle).toBeGreaterThan(0.7);
      expect(ratioToOracle).toBeLessThan(2);
    }
  });

  it('gives the same figures again for the same seed, and others for another', () => {
    const tiny = { ...SIZE, runs: 2, looks: 20 };
    const { updatesPerSecond: _, ...first } = runStatistics(tiny);
    const { updatesPerSecond: __, ...second } = runStatistics(tiny);
    const { updatesPerSecond: ___, ...other } = runStatistics({ ...tiny, seed: 8 });
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('measures a speed for both kernels at every size of block', () => {
    const { kernelA, kernelB } = report.updatesPerSecond;
    expect(Object.keys(kernelA)).toEqual(Object.keys(kernelB));
    for (const perSecond of [...Object.values(kernelA), ...Object.values(kernelB)])
      expect(perSecond).toBeGreaterThan(0);
  });

  it('prints a row for every figure', () => {
    const lines = tablesOf(report).split('\n');
    expect(lines.filter((line) => line.startsWith('steady')).length).toBe(9 * 7);
    expect(lines.some((line) => line.startsWith('98->97'))).toBe(true);
  });

  it('draws plots that are small and hold no number that is not one', () => {
    const plots = plotsOf(report, SIZE.seed);
    expect([...plots.keys()].every((name) => /^statistics-[a-z]+\.svg$/.test(name))).toBe(true);
    for (const svg of plots.values()) {
      expect(svg.length).toBeLessThan(MAX_PLOT_BYTES);
      expect(svg).toMatch(/^<svg [^>]+>[\s\S]+<\/svg>\n$/);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});

describe('the simulated rollback', () => {
  it.each([
    { before: 0.98, after: 0.95, share: 0.05 },
    { before: 0.98, after: 0.9, share: 0.01 },
    { before: 0.98, after: 0.97, share: 0.5 },
  ])('comes in the bucket in which the compliance detector fires: $before to $after at $share', (change: Change) => {
    const policy = compliancePolicy();
    const alpha = 0.05;
    for (let run = 0; run < 5; run++) {
      const units = unitsToRollback(blocksOf(change, seededUniform(3, 'same', run)), policy, alpha);
      const next = blocksOf(change, seededUniform(3, 'same', run));
      const blocks = Array.from({ length: units + 20 }, (_, index) => blockAt(index + 1, next()));
      const evaluation = evaluate(blocks, alpha / policy.weight);
      expect(evaluation.harm.firedAtBucket).toBe(units);
    }
  });
});

function evaluate(blocks: readonly Block[], alphaRollback: number): MetricEvaluation {
  const [metric] = compliance.metrics;
  if (metric === undefined) throw new Error('compliance has no metric');
  return evaluateBlocks(compliance, metric, blocks, {
    policy: compliancePolicy(),
    budget: { alphaRollback, alphaPromote: 0.05 },
  });
}

function blockAt(bucket: number, { baseline, candidate }: ReturnType<ReturnType<typeof blocksOf>>): Block {
  return {
    bucket,
    stratum: '',
    baseline: { ...baseline, scoreSum: baseline.n - baseline.failures },
    candidate: { ...candidate, scoreSum: candidate.n - candidate.failures },
  };
}

describe('the usual rules, as they are commonly computed', () => {
  const totals = { baselineN: 1000, baselineFailures: 20, candidateN: 1000, candidateFailures: 32 };

  it('z of two proportions at its one-sided 5 % point', () => {
    expect(naiveZAlarms(totals)).toBe(true); // z = 1.686
    expect(naiveZAlarms({ ...totals, candidateFailures: 31 })).toBe(false); // z = 1.560
  });

  it('the exact posterior agrees with its normal approximation and with simulation', () => {
    expect(probabilityWorse(totals)).toBeCloseTo(0.954, 2);
    expect(probabilityWorse({ ...totals, candidateFailures: 20 })).toBeCloseTo(0.5, 10);
    const large = { baselineN: 5000, baselineFailures: 60, candidateN: 5000, candidateFailures: 60 };
    const above = { ...large, candidateFailures: 61 };
    expect(probabilityWorse(above) - probabilityWorse(large)).toBeLessThan(0.05);
    expect(probabilityWorse(above)).toBeGreaterThan(probabilityWorse(large));
    expect(bayesAlarms(totals)).toBe(true);
  });

  it('the asymptotic sequence needs more than a fixed interval does', () => {
    expect(asymptoticAlarms(totals)).toBe(false);
    expect(asymptoticAlarms({ ...totals, candidateFailures: 60 })).toBe(true);
  });
});

describe('the simulated counts', () => {
  it('have the mean and the variance of a binomial', () => {
    const uniform = seededUniform(1, 'binomial', 0);
    const draws = Array.from({ length: 20_000 }, () => drawBinomial(40, 0.1, uniform));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean - 4)).toBeLessThan(4 * Math.sqrt(3.6 / draws.length));
    expect(Math.abs(variance - 3.6)).toBeLessThan(0.2);
  });
});

describe('the options', () => {
  it('are checked, and plots have a place of their own', () => {
    expect(readOptions([])).toMatchObject({ runs: 1000, looks: 10_000, json: false, plots: null });
    expect(readOptions(['--plots', '--json'])).toMatchObject({ json: true, plots: 'docs/images' });
    expect(readOptions(['--plots', 'elsewhere'])).toMatchObject({ plots: 'elsewhere' });
    expect(() => readOptions(['--runs', '1.5'])).toThrow(/--runs must be a whole number/);
    expect(() => readOptions(['--speed', '3'])).toThrow(/speed/);
  });
});
