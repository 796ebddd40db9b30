import { median } from 'simple-statistics';
import {
  type Change,
  type ChangeEvidence,
  lengthChange,
  REFUSAL_LANGUAGES,
  REFUSAL_POLICY,
  rateChange,
} from '../../../detectors/index.js';
import { formatCount, wordList } from '../../model/index.js';
import { DEFAULT_ROLLOUT_POLICY } from '../../rollouts/index.js';
import type { CollectedArms, UnitScore } from './arms.js';
import type { Question } from './budget.js';
import type { BacktestOptions } from './options.js';
import { type ArmScores, FAILURE_BELOW, pairedBlocks, scoresOf } from './replay.js';

/** Lengths are compared with those of the first pairs: this share of the pairs, within these limits. */
const REFERENCE_SHARE = 0.05;
const MINIMUM_REFERENCE_PAIRS = 20;
const MAXIMUM_REFERENCE_PAIRS = 500;

/** A move of a rate either way. */
export interface ReplayedChange {
  readonly metric: 'safety' | 'length';
  /** What is counted: in a word or two, and in full. */
  readonly counted: string;
  readonly event: string;
  readonly change: Change;
  /** The direction found first; while nothing is found, the one with more evidence. */
  readonly direction: 'up' | 'down';
  readonly evidence: ChangeEvidence;
  /** In the unit of the column, for people; `null` for a rate, which says all. */
  readonly medians: { readonly baseline: number; readonly candidate: number } | null;
}

/** Safety and length, where they were asked for and there is enough to compare. */
export function replayChanges(
  arms: CollectedArms,
  shares: ReadonlyMap<Question, number>,
  options: BacktestOptions,
): ReplayedChange[] {
  const alphaOf = (share: number): number => share * DEFAULT_ROLLOUT_POLICY.alphaRollback;
  return [...shares].flatMap(([question, share]) => {
    if (question === 'refusal') return refusals(arms, alphaOf(share));
    if (question === 'outcome_safety') return outcomes(arms, alphaOf(share), options.outcomeColumn ?? '');
    return question === 'length' ? lengths(arms, alphaOf(share)) : [];
  });
}

function refusals(arms: CollectedArms, alpha: number): ReplayedChange {
  const event = `output that declines to answer (phrases in ${wordList(REFUSAL_LANGUAGES)})`;
  return rateMove(arms, scoresOf(arms, 'refusals'), { counted: 'refusals', event }, alpha);
}

function outcomes(arms: CollectedArms, alpha: number, column: string): ReplayedChange {
  return rateMove(arms, scoresOf(arms, 'outcomes'), { counted: column, event: `row with “${column}”` }, alpha);
}

function rateMove(
  arms: CollectedArms,
  scores: ArmScores,
  words: Pick<ReplayedChange, 'counted' | 'event'>,
  alpha: number,
): ReplayedChange {
  const events = { baseline: eventsAsFailures(scores.baseline), candidate: eventsAsFailures(scores.candidate) };
  const change = rateChange(pairedBlocks(events, arms.pairing), REFUSAL_POLICY, alpha);
  return { metric: 'safety', ...words, change, ...strongest(change), medians: null };
}

/** The event is a score of 0.5 or more; blocks count it where they count failures. */
function eventsAsFailures(units: readonly UnitScore[]): UnitScore[] {
  return units.map((unit) => (unit === null ? null : Number(unit < FAILURE_BELOW)));
}

/**
 * The thresholds are frozen from the baseline rows of the first pairs. These pairs are then left out in both arms, so that
 * what is counted was not used to choose the thresholds, and the rest still stands side by side.
 */
function lengths(arms: CollectedArms, alpha: number): ReplayedChange | [] {
  const { pairing } = arms;
  const measured = { baseline: arms.baseline.lengths, candidate: arms.candidate.lengths };
  const first = referencePairs(pairing.blocks);
  if (first >= pairing.blocks) return [];
  const reference = measured.baseline
    .slice(0, pairing.rowsOf('baseline', first).from)
    .filter((length) => length !== null);
  const change = lengthChange(reference, [...pairing.values(measured, first)], alpha);
  if (change === null || change.candidate.n === 0) return [];
  const event =
    `output longer than ${formatCount(change.referenceMedian)} characters (median of the first ` +
    `${formatCount(reference.length)} baseline rows; these ${formatCount(first)} pairs are not counted)`;
  return {
    metric: 'length',
    counted: `over ${formatCount(change.referenceMedian)} characters`,
    event,
    change,
    ...strongest(change),
    medians: { baseline: medianOf(measured.baseline), candidate: medianOf(measured.candidate) },
  };
}

function referencePairs(pairs: number): number {
  return Math.min(MAXIMUM_REFERENCE_PAIRS, Math.max(MINIMUM_REFERENCE_PAIRS, Math.ceil(REFERENCE_SHARE * pairs)));
}

function medianOf(lengths: readonly (number | null)[]): number {
  const known = lengths.filter((length) => length !== null);
  return known.length === 0 ? 0 : median(known);
}

function strongest({ up, down }: Change): Pick<ReplayedChange, 'direction' | 'evidence'> {
  const upFired = up.firedAtBucket ?? Number.POSITIVE_INFINITY;
  const downFired = down.firedAtBucket ?? Number.POSITIVE_INFINITY;
  const isUp = upFired === downFired ? up.maxLogE >= down.maxLogE : upFired < downFired;
  return isUp ? { direction: 'up', evidence: up } : { direction: 'down', evidence: down };
}
