import { DEFAULT_ROLLOUT_POLICY } from '../../src/rollouts/index.js';
import type { AlarmCurve, FalseAlarm } from './alarm-log.js';
import { COMPARED_CHANGES, type Delay, delayOf, type Reaction, reactionOf, TIMED_CHANGES } from './delays.js';
import { SMALL_ODDS_RATIOS, type SmallEffect, smallEffectOf } from './effect-floor.js';
import { falseAlarmsOf } from './false-alarms.js';
import { falsePromotionsOf, HEALTHY, MARGIN_SCENARIOS, type Promotion, promotionOf } from './false-promotions.js';
import { type IntervalMiss, intervalMissesOf, SHOWN_CHANGES } from './interval-coverage.js';
import { manyMetricsFalseAlarms } from './many-metrics.js';
import { SCENARIOS, type Scenario } from './scenarios.js';
import type { SimulationSize } from './simulation-size.js';
import { measureThroughput, type Throughput } from './throughput.js';

/** Everything that the command measures. */
export interface StatisticsReport {
  readonly falseAlarms: readonly FalseAlarm[];
  readonly delays: readonly Delay[];
  /** Time to a rollback with the default thresholds of compliance. */
  readonly rollbacks: readonly Reaction[];
  /** Time until a healthy candidate passes. */
  readonly promotions: readonly Promotion[];
  readonly smallEffects: readonly SmallEffect[];
  readonly intervals: readonly IntervalMiss[];
  /** False alarms by number of looks, of the scenarios in `PEEKING`. */
  readonly peeking: readonly Peeking[];
  readonly updatesPerSecond: Throughput;
}

/** How the false alarms of each method pile up in one scenario. */
export interface Peeking {
  readonly scenario: string;
  readonly p: number;
  readonly share: number | 'ramp';
  readonly curves: readonly AlarmCurve[];
}

export interface StatisticsOptions extends SimulationSize {
  /** Time that each measurement of speed takes. */
  readonly throughputMs: number;
  /** Told what comes next. */
  readonly onProgress: (title: string) => void;
}

/** Waiting times are cheap to simulate and vary much: more runs. */
const RUNS_OF_WAITING = 4;

/** Kernel B and the intervals keep no results from blocks before, and cost thirty times as much: fewer runs. */
const PART_OF_RUNS = 0.2;

const CURVE_LOOKS: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
const PEEKING: readonly Pick<Scenario, 'name' | 'p' | 'share'>[] = [
  { name: 'steady', p: 0.98, share: 0.01 },
  { name: 'drift through a ramp', p: 0.98, share: 'ramp' },
];

/** Runs every simulation, the same for the same seed and size (but for the speed). */
export function runStatistics(options: StatisticsOptions): StatisticsReport {
  const { runs, seed, onProgress } = options;
  const more = { runs: runs * RUNS_OF_WAITING, seed };
  const fewer = { ...options, runs: Math.max(1, Math.round(runs * PART_OF_RUNS)) };
  const { falseAlarms, peeking } = falseAlarmTable(options);
  for (const scenario of MARGIN_SCENARIOS) {
    onProgress(`${scenario.name}, p = ${scenario.p}, share ${scenario.share}`);
    falseAlarms.push(...falsePromotionsOf(scenario, fewer));
  }
  onProgress('waiting times');
  const delays = COMPARED_CHANGES.map((change) => delayOf(change, more));
  const rollbacks = TIMED_CHANGES.map((change) => reactionOf(change, DEFAULT_ROLLOUT_POLICY.alphaRollback, more));
  const promotions = HEALTHY.map((healthy) =>
    promotionOf(healthy, DEFAULT_ROLLOUT_POLICY.alphaPromote, { runs, seed }),
  );
  const smallEffects = SMALL_ODDS_RATIOS.map((oddsRatio) => smallEffectOf(oddsRatio, options));
  onProgress('intervals');
  const intervals = SHOWN_CHANGES.flatMap((change) => intervalMissesOf(change, fewer));
  onProgress('speed');
  const updatesPerSecond = measureThroughput(options.throughputMs, seed);
  return { falseAlarms, delays, rollbacks, promotions, smallEffects, intervals, peeking, updatesPerSecond };
}

function falseAlarmTable(options: StatisticsOptions): { falseAlarms: FalseAlarm[]; peeking: Peeking[] } {
  const falseAlarms: FalseAlarm[] = [];
  const peeking: Peeking[] = [];
  const curveLooks = CURVE_LOOKS.filter((looks) => looks <= options.looks);
  for (const scenario of SCENARIOS) {
    options.onProgress(`${scenario.name}, p = ${scenario.p}, share ${scenario.share}`);
    const log = falseAlarmsOf(scenario, options);
    falseAlarms.push(...log.rows(scenario));
    const { name, p, share } = scenario;
    if (PEEKING.some((shown) => shown.name === name && shown.p === p && shown.share === share)) {
      peeking.push({ scenario: name, p, share, curves: log.curves(curveLooks) });
    }
  }
  options.onProgress('many metrics');
  falseAlarms.push(...manyMetricsFalseAlarms(options));
  return { falseAlarms, peeking };
}
