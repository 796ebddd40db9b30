import { leadingHarm, type MetricEvaluation, type OnHarm } from '../model/index.js';

/** What harm on the metric does; evaluations on record from before there was a choice rolled back. */
export function onHarmOf({ policy }: Pick<MetricEvaluation, 'policy'>): OnHarm {
  return policy.onHarm ?? 'rollback';
}

/** Has the metric shown harm, in whichever direction, and is this what harm on it does? */
export function hasFired(evaluation: MetricEvaluation, onHarm: OnHarm): boolean {
  return onHarmOf(evaluation) === onHarm && leadingHarm(evaluation).firedAtBucket !== null;
}
