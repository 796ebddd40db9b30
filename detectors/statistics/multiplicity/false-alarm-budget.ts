import { requireBetween, requireCount, requirePositive } from '../counts.js';

/** How much a deployment may be wrong, as its owner sets it. */
export interface FalseAlarmPolicy {
  /** Error of automatic rollback over the whole life of one rollout, all guardrails together. */
  readonly alphaRollback: number;
  /** Error of one promotion step. */
  readonly alphaPromote: number;
  /** Days between two false findings of silent drift, over all streams together. */
  readonly silentDriftDays: number;
  /** Streams watched for silent drift: targets × metrics. */
  readonly streams: number;
  /** Length of a block of the silent-drift detector. */
  readonly blockSeconds: number;
  /** Share of false findings accepted on a page of many rows. */
  readonly falseDiscoveryRate: number;
}

/** The same in words and as the thresholds that follow from it. */
export interface FalseAlarmBudget {
  readonly sentences: readonly string[];
  /** ln c: what the mean of the e-SR statistics must reach. */
  readonly silentDriftLogThreshold: number;
}

const SECONDS_A_DAY = 86_400;

/**
 * States a deployment's false-alarm budget in words, each with the threshold that keeps it.
 * @throws RangeError naming the member that is out of range.
 */
export function falseAlarmBudget(policy: FalseAlarmPolicy): FalseAlarmBudget {
  requireBetween('alphaRollback', policy.alphaRollback, 0, 1);
  requireBetween('alphaPromote', policy.alphaPromote, 0, 1);
  requireBetween('falseDiscoveryRate', policy.falseDiscoveryRate, 0, 1);
  const logThreshold = Math.log(silentDriftThreshold(policy));
  return {
    silentDriftLogThreshold: logThreshold,
    sentences: [
      `At most one false rollback in ${counted(1 / policy.alphaRollback)} rollouts, over their whole life, all ` +
        'guardrails together, however often anyone looks.',
      `At most one in ${counted(1 / policy.alphaPromote)} promotion steps lets through a candidate that is worse than a ` +
        'margin.',
      `On average at most one false silent-drift finding in ${counted(policy.silentDriftDays)} days over all ` +
        `${counted(policy.streams)} streams.`,
      `On average at most ${counted(policy.falseDiscoveryRate * 100)} % of the rows marked on a page are false.`,
    ],
  };
}

/**
 * c = streams · days · 86,400 / blockSeconds: with ARL >= c blocks a stream, false findings come at most once in `days`
 * days over all streams (their rates add up).
 * @throws RangeError naming the member that is out of range.
 */
export function silentDriftThreshold(
  policy: Pick<FalseAlarmPolicy, 'silentDriftDays' | 'streams' | 'blockSeconds'>,
): number {
  requirePositive('silentDriftDays', policy.silentDriftDays);
  requirePositive('blockSeconds', policy.blockSeconds);
  requireCount('streams', policy.streams);
  requirePositive('streams', policy.streams);
  return Math.max(1, (policy.streams * policy.silentDriftDays * SECONDS_A_DAY) / policy.blockSeconds);
}

function counted(value: number): string {
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value);
}
