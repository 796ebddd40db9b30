import { DETECTORS } from '../../detectors/index.js';
import { AlarmLog, type FalseAlarm, type Rule } from './alarm-log.js';
import { HarmEvidence } from './harm-evidence.js';
import { seededUniform, type Uniform } from './random.js';
import { addToTotals, isEnoughData, NO_UNITS, naiveZAlarms, type Totals } from './rivals.js';
import type { SimulationSize } from './simulation-size.js';
import { sizesAt, steady, type Traffic } from './traffic.js';

const SHARE = 0.05;

/** How often each default metric succeeds in the simulation. */
const SUCCESS_RATES: Readonly<Record<string, number>> = {
  compliance: 0.98,
  task_success: 0.9,
  downstream_failure: 0.95,
  errors: 0.995,
};
const OTHER_SUCCESS_RATE = 0.98;

/** One metric of a run: its share of the budget, and what has been seen of it. */
interface WatchedMetric {
  readonly weight: number;
  readonly traffic: Traffic;
  readonly evidence: HarmEvidence;
  readonly totals: Totals;
}

const RULES: readonly Rule<readonly WatchedMetric[]>[] = [
  ...[0.05, 0.01].map((alpha) => ({
    method: 'kernel A, budget shared',
    alpha,
    guaranteed: true,
    alarms: (metrics: readonly WatchedMetric[]) =>
      metrics.some(({ evidence, weight }) => evidence.reaches(Math.log(1 / (alpha * weight)))),
  })),
  {
    method: 'naive z, gated',
    alpha: 0.05,
    guaranteed: false,
    alarms: (metrics) => metrics.some(({ totals }) => isEnoughData(totals) && naiveZAlarms(totals)),
  },
];

/** How often any metric of a healthy rollout alarms: all default metrics with their default weights. */
export function manyMetricsFalseAlarms({ runs, looks, seed }: SimulationSize): FalseAlarm[] {
  const log = new AlarmLog(RULES, looks);
  let watched = 0;
  for (let run = 0; run < runs; run++) {
    const metrics = watchedMetrics(seededUniform(seed, 'many metrics', run));
    watched = metrics.length;
    log.run(metrics, (look) => {
      for (const metric of metrics) addLook(metric, look);
    });
  }
  return log.rows({ name: `${watched} metrics at once`, p: OTHER_SUCCESS_RATE, share: SHARE });
}

function watchedMetrics(uniform: Uniform): WatchedMetric[] {
  return DETECTORS.flatMap(({ defaults }) =>
    Object.entries(defaults).map(([metric, { weight }]) => ({
      weight,
      traffic: steady(uniform, sizesAt(SHARE), 1 - (SUCCESS_RATES[metric] ?? OTHER_SUCCESS_RATE)),
      evidence: new HarmEvidence(),
      totals: { ...NO_UNITS },
    })),
  );
}

function addLook({ traffic, evidence, totals }: WatchedMetric, look: number): void {
  const { pooled } = traffic(look);
  evidence.add(pooled);
  addToTotals(totals, pooled);
}
