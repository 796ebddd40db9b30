import { formatCount, formatEvidence, formatPoints, formatRate, type Verdict } from '../../model/index.js';
import type { BehaviourReplay } from './behaviour.js';
import type { ReplayedChange } from './changes.js';
import type { ReplayedHarm } from './replay.js';

/** With fewer units in an arm there is no verdict; the gate of live rollouts has the same minimum. */
const MINIMUM_UNITS_TO_JUDGE = 10;

/** Everything that was replayed; `null` for what was not asked for. */
export interface Replayed {
  readonly harm: ReplayedHarm | null;
  readonly changes: readonly ReplayedChange[];
  readonly behaviour: BehaviourReplay | null;
}

export interface BacktestVerdict {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  /** Metrics whose evidence made it a rollback. */
  readonly blame: readonly string[];
  /** Metrics that moved, either way. */
  readonly changed: readonly string[];
}

interface Finding {
  readonly metric: string;
  readonly fired: boolean;
  readonly reason: string;
}

/**
 * Harm is judged by the gate of live rollouts. That something changed is not harm, but a candidate which provably differs is
 * not promoted without a person: `promote` becomes `hold`, or anything `rollback` with `failOnChange`. Without a metric of
 * harm nothing says that the candidate is as good, so that the best verdict is `hold`.
 */
export function decideVerdict(replayed: Replayed, failOnChange: boolean): BacktestVerdict {
  const findings = findingsOf(replayed);
  const fired = findings.filter((finding) => finding.fired);
  const changed = [...new Set(fired.map(({ metric }) => metric))];
  const base = replayed.harm?.gate ?? withoutHarm(replayed, findings);
  const moved = fired.map(({ reason }) => `${reason}: changed`);
  const reasons = base.verdict === 'rollback' ? [...base.reasons, ...moved] : [...moved, ...base.reasons];
  if (failOnChange && changed.length > 0) {
    return { verdict: 'rollback', reasons, blame: [...base.blame, ...changed], changed };
  }
  if (base.verdict !== 'promote' || changed.length === 0) {
    return { verdict: base.verdict, reasons, blame: base.blame, changed };
  }
  const why = 'Nothing got worse, but the candidate differs: a person should look before it is promoted.';
  return { verdict: 'hold', reasons: [why, ...reasons], blame: [], changed };
}

function withoutHarm(
  replayed: Replayed,
  findings: readonly Finding[],
): Pick<BacktestVerdict, 'verdict' | 'reasons' | 'blame'> {
  const few = tooFew(replayed);
  if (few.length > 0) return { verdict: 'insufficient_data', reasons: few, blame: [] };
  const quiet = findings.filter(({ fired }) => !fired).map(({ reason }) => `${reason}: no change shown`);
  const open = 'Whether the candidate is as good was not asked: --outcome (as success) or --schema would.';
  return { verdict: 'hold', reasons: [...quiet, open], blame: [] };
}

function tooFew({ changes, behaviour }: Replayed): string[] {
  return (['baseline', 'candidate'] as const).flatMap((arm) => {
    const most = Math.max(0, behaviour?.[`${arm}N`] ?? 0, ...changes.map(({ change }) => change[arm].n));
    if (most >= MINIMUM_UNITS_TO_JUDGE) return [];
    return [`The ${arm} has ${formatCount(most)} units; at least ${MINIMUM_UNITS_TO_JUDGE} are needed.`];
  });
}

function findingsOf({ changes, behaviour }: Replayed): Finding[] {
  const findings = changes.map(
    (change): Finding => ({
      metric: change.metric,
      fired: change.evidence.firedAtBucket !== null,
      reason: `${describeChange(change)}; ${against(change.evidence.maxLogE, change.change.logThreshold)}`,
    }),
  );
  if (behaviour === null) return findings;
  const { maxLogE, logThreshold, firedAtCandidateRow } = behaviour;
  const reason = `behaviour: ${describeBehaviour(behaviour)}; ${against(maxLogE, logThreshold)}`;
  return [...findings, { metric: 'behaviour', fired: firedAtCandidateRow !== null, reason }];
}

function describeChange({ metric, event, change }: ReplayedChange): string {
  const { baseline, candidate, difference } = change;
  return (
    `${metric}: ${event}: candidate ${formatRate(candidate.rate)} (${formatCount(candidate.failures)} of ${formatCount(candidate.n)}), ` +
    `baseline ${formatRate(baseline.rate)} (${formatCount(baseline.failures)} of ${formatCount(baseline.n)}); ` +
    `difference ${formatPoints(difference.estimate)} points [${formatPoints(difference.lower)}, ${formatPoints(difference.upper)}]`
  );
}

function describeBehaviour({ baselineN, candidateN, features }: BehaviourReplay): string {
  const compared = `${formatCount(baselineN)} against ${formatCount(candidateN)} outputs compared`;
  const [first] = features;
  if (first === undefined) return compared;
  return `${compared}, most moved: ${first.feature.label} (mean ${formatMean(first.baselineMean)} to ${formatMean(first.candidateMean)})`;
}

/** A mean in a feature's readable unit, to three digits. */
export function formatMean(mean: number): string {
  return mean.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

function against(maxLogE: number, logThreshold: number): string {
  return `e = ${formatEvidence(maxLogE)} against ${formatEvidence(logThreshold)}`;
}
