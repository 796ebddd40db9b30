import type { Block, Metric } from '../src/model/index.js';
import type { Change } from './change.js';
import { type RateChangePolicy, rateChange } from './rate-change.js';

/** Calls without a reported task outcome. A missing label is no failure: it only says how much `task_success` rests on. */
export const UNLABELLED: Metric = {
  name: 'unlabelled',
  failure: 'call whose task outcome nobody has reported',
  countedSql: 'true',
  failedSql: 'task_score IS NULL',
};

/**
 * Probability that a rollout is ever warned of although both arms are labelled alike. Apart from the budget of rollbacks:
 * the warning takes nothing back, it keeps a verdict from resting on labels that cannot be compared.
 */
export const LABEL_RATE_ALPHA = 0.005;

/** Label rates that differ by less than this cannot hide a difference of success that a policy acts on. */
const POLICY: RateChangePolicy = {
  weight: 1,
  riseFloor: 0.05,
  fallFloor: 0.05,
  minimumEvents: 5,
  minimumExpectedEvents: 5,
};

/** How much of each arm's traffic is labelled, and whether that differs. */
export interface LabelRates {
  readonly baseline: ArmLabels;
  readonly candidate: ArmLabels;
  /** Why success cannot be compared, in words; `null` while nothing speaks against it. */
  readonly warning: string | null;
  readonly change: Change;
}

interface ArmLabels {
  readonly generations: number;
  readonly labelled: number;
  /** `null` without generations. */
  readonly rate: number | null;
}

/**
 * Are both arms labelled alike? Blocks go by the time of the call, so that a delay which both arms share, as for calls of
 * a minute ago that nobody has judged yet, says nothing.
 *
 * Guarantee: while calls of both arms in a block are equally likely to be labelled, P(a warning ever) <= {@link LABEL_RATE_ALPHA},
 * however often one looks: the conditional e-process either way (see `rateChange`).
 * @param blocks of the metric {@link UNLABELLED}, in bucket order
 */
export function labelRates(blocks: readonly Block[]): LabelRates {
  const change = rateChange(blocks, POLICY, LABEL_RATE_ALPHA);
  const [baseline, candidate] = [armLabels(change.baseline), armLabels(change.candidate)];
  const differs = change.up.firedAtBucket !== null || change.down.firedAtBucket !== null;
  return { baseline, candidate, warning: differs ? describe(baseline, candidate) : null, change };
}

function armLabels({ n, failures }: Change['baseline']): ArmLabels {
  return { generations: n, labelled: n - failures, rate: n === 0 ? null : (n - failures) / n };
}

function describe(baseline: ArmLabels, candidate: ArmLabels): string {
  return (
    `task_success: outcomes are reported for ${percent(candidate)} of the candidate's calls and ${percent(baseline)} of ` +
    `the baseline's. Whose outcomes are missing is not known, so the success of the two cannot be compared.`
  );
}

function percent({ rate, labelled, generations }: ArmLabels): string {
  return `${((rate ?? 0) * 100).toFixed(1)} % (${labelled} of ${generations})`;
}
