import { LENGTH_WEIGHT, REFUSAL_POLICY } from '../../../detectors/index.js';
import { DEFAULT_ROLLOUT_POLICY, metricPolicy } from '../../rollouts/index.js';
import { BEHAVIOUR_WEIGHT } from './behaviour.js';
import type { BacktestOptions } from './options.js';

/** What a backtest can judge, by what it was given. */
export const QUESTIONS = ['task_success', 'outcome_safety', 'compliance', 'refusal', 'length', 'behaviour'] as const;
export type Question = (typeof QUESTIONS)[number];

const WEIGHTS: Readonly<Record<Question, number>> = {
  compliance: metricPolicy(DEFAULT_ROLLOUT_POLICY, 'compliance').weight,
  task_success: metricPolicy(DEFAULT_ROLLOUT_POLICY, 'task_success').weight,
  outcome_safety: REFUSAL_POLICY.weight,
  refusal: REFUSAL_POLICY.weight,
  length: LENGTH_WEIGHT,
  behaviour: BEHAVIOUR_WEIGHT,
};

/**
 * The share w of the false-alarm budget α_R of every question that is asked, in proportion to the default weights: they sum
 * to 1, so that one question alone has all of it.
 */
export function sharesOf(options: BacktestOptions): ReadonlyMap<Question, number> {
  const asked = QUESTIONS.filter((question) => isAsked(question, options));
  const total = asked.reduce((sum, question) => sum + WEIGHTS[question], 0);
  return new Map(asked.map((question) => [question, WEIGHTS[question] / total]));
}

function isAsked(question: Question, options: BacktestOptions): boolean {
  const { outcomeColumn, outcomeMeans, outputColumn, schemaFile } = options;
  if (question === 'compliance') return schemaFile !== null;
  if (question === 'task_success') return outcomeColumn !== null && outcomeMeans === 'success';
  if (question === 'outcome_safety') return outcomeColumn !== null && outcomeMeans === 'safety';
  return outputColumn !== null;
}
