import { DETECTORS } from '../../detectors/index.js';
import { DEFAULT_STAGES, LeewayError, type MetricPolicy, ON_HARM, type RolloutPolicy, UNITS } from '../model/index.js';

/** A policy as people write it: any part may be left out, also of a metric's thresholds. */
export type RolloutPolicyOverride = {
  readonly [Key in Exclude<keyof RolloutPolicy, 'metrics'>]?: RolloutPolicy[Key] | undefined;
} & { readonly metrics?: Readonly<Record<string, Partial<MetricPolicy>>> | undefined };

/** One false rollback in 100 rollouts, one false promotion in 20; ten minutes a stage; Leeway only watches. */
export const DEFAULT_ROLLOUT_POLICY: RolloutPolicy = {
  mode: 'observe',
  stages: DEFAULT_STAGES,
  unit: 'session',
  soakSeconds: 600,
  alphaRollback: 0.01,
  alphaPromote: 0.05,
  minimumStratumUnits: 50,
  propagationSeconds: 300,
  metrics: {},
};

/** Thresholds of every metric before anybody overrides them. */
export const DEFAULT_METRIC_POLICIES: Readonly<Record<string, MetricPolicy>> = Object.fromEntries(
  DETECTORS.flatMap((detector) => Object.entries(detector.defaults)),
);

/** Rounding in the sum of weights that people write with decimals. */
const WEIGHT_ROUNDING = 1e-9;

/**
 * Completes and checks a policy.
 * @throws LeewayError `LEEWAY_INVALID` naming the value that is out of range, the metric that does not exist, or weights
 * that spend more than the budget.
 */
export function rolloutPolicy(
  override: RolloutPolicyOverride = {},
  base: RolloutPolicy = DEFAULT_ROLLOUT_POLICY,
): RolloutPolicy {
  const { metrics = {}, ...rest } = override;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const policy: RolloutPolicy = { ...base, ...given, metrics: { ...base.metrics, ...completed(metrics, base) } };
  checkLimits(policy);
  checkWeights(policy);
  return { ...policy, stages: [...new Set(policy.stages)].sort((a, b) => a - b) };
}

/** The thresholds that hold for a metric of a rollout. */
export function metricPolicy(policy: RolloutPolicy, metric: string): MetricPolicy {
  const standard = DEFAULT_METRIC_POLICIES[metric];
  if (standard === undefined) throw unknownMetric(metric);
  return { ...standard, ...policy.metrics[metric] };
}

function completed(
  metrics: Readonly<Record<string, Partial<MetricPolicy>>>,
  base: RolloutPolicy,
): Record<string, MetricPolicy> {
  return Object.fromEntries(
    Object.entries(metrics).map(([metric, override]) => [metric, { ...metricPolicy(base, metric), ...override }]),
  );
}

function checkLimits(policy: RolloutPolicy): void {
  requireInside('alphaRollback', policy.alphaRollback, 0, 1);
  requireInside('alphaPromote', policy.alphaPromote, 0, 1);
  for (const key of ['soakSeconds', 'minimumStratumUnits', 'propagationSeconds'] as const) {
    if (!(Number.isFinite(policy[key]) && policy[key] >= 0)) throw invalid(key, 'must be 0 or more', policy[key]);
  }
  if (!UNITS.includes(policy.unit)) throw invalid('unit', `must be one of ${UNITS.join(', ')}`, policy.unit);
  if (policy.stages.length === 0 || !policy.stages.every((stage) => stage >= 0 && stage <= 100)) {
    throw invalid('stages', 'must list shares from 0 to 100 per cent', policy.stages.join(', '));
  }
  for (const [metric, thresholds] of Object.entries(policy.metrics)) {
    requireInside(`metrics.${metric}.weight`, thresholds.weight, 0, 1 + WEIGHT_ROUNDING);
    requireInside(`metrics.${metric}.promoteMargin`, thresholds.promoteMargin, 0, 1);
    if (!ON_HARM.includes(thresholds.onHarm))
      throw invalid(`metrics.${metric}.onHarm`, `must be one of ${ON_HARM.join(', ')}`, thresholds.onHarm);
    for (const key of ['harmFloor', 'minimumFailures'] as const) {
      if (!(thresholds[key] >= 0)) throw invalid(`metrics.${metric}.${key}`, 'must be 0 or more', thresholds[key]);
    }
  }
}

/** Weights above 1 in sum would give more false rollbacks than α_R promises. */
function checkWeights(policy: RolloutPolicy): void {
  const names = Object.keys({ ...DEFAULT_METRIC_POLICIES, ...policy.metrics });
  const sum = names.reduce((total, metric) => total + metricPolicy(policy, metric).weight, 0);
  if (sum > 1 + WEIGHT_ROUNDING) throw invalid('metrics', 'weights of all metrics must not exceed 1 together', sum);
}

function requireInside(name: string, value: number, low: number, high: number): void {
  if (!(value > low && value < high)) throw invalid(name, `must lie between ${low} and ${Math.floor(high)}`, value);
}

function invalid(name: string, rule: string, value: unknown): LeewayError {
  return new LeewayError('LEEWAY_INVALID', `policy.${name} ${rule}, got ${String(value)}`);
}

function unknownMetric(metric: string): LeewayError {
  const known = Object.keys(DEFAULT_METRIC_POLICIES).join(', ');
  return new LeewayError('LEEWAY_INVALID', `policy.metrics.${metric}: there is no such metric; known are ${known}`);
}
