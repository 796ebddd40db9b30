import {
  BUCKET_SECONDS,
  describeVersions,
  type FindingDraft,
  formatEvidence,
  leadingHarm,
  type MetricEvaluation,
  type Rollout,
} from '../model/index.js';
import { hasFired } from './harm.js';
import { describeEffect, fallMeaning } from './wording.js';

const PERCENT = 100;

/** What is to be said of metrics whose harm does not roll back: they hold the rollout or only tell. */
export function harmFindings(rollout: Rollout, evaluations: readonly MetricEvaluation[]): FindingDraft[] {
  return evaluations
    .filter((evaluation) => hasFired(evaluation, 'hold') || hasFired(evaluation, 'notify'))
    .map((evaluation) => harmFinding(rollout, evaluation));
}

function harmFinding(rollout: Rollout, evaluation: MetricEvaluation): FindingDraft {
  const { detector, metric, baseline, candidate, difference, question, method } = evaluation;
  const { maxLogE, logThreshold, firedAtBucket } = leadingHarm(evaluation);
  const version = describeVersions(rollout.candidate);
  const holds = hasFired(evaluation, 'hold');
  const [onlyChange] = rollout.changed;
  return {
    detector,
    metric,
    target: rollout.target,
    rolloutId: rollout.id,
    subject: rollout.id,
    severity: 'warning',
    title: `${version}: ${metric.replaceAll('_', ' ')} moved`,
    sentence: [
      `With ${version}, ${describeEffect(evaluation)}; evidence ${formatEvidence(maxLogE)} against ${formatEvidence(logThreshold)}.`,
      fallMeaning(evaluation),
      holds ? 'The rollout is held.' : '',
    ]
      .filter((part) => part !== '')
      .join(' '),
    question,
    method,
    n: { baseline: baseline.n, candidate: candidate.n },
    effect: {
      estimate: difference.estimate * PERCENT,
      lower: difference.lower * PERCENT,
      upper: difference.upper * PERCENT,
      level: difference.level,
      unit: 'percentage points',
    },
    evidence: { logE: maxLogE, logThreshold },
    surface: rollout.changed.length === 1 && onlyChange !== undefined ? onlyChange : null,
    behind: {
      targetId: rollout.targetId,
      since: Math.floor(rollout.startedAt / 1000),
      until: (firedAtBucket ?? 0) + BUCKET_SECONDS,
      ...(evaluation.measured === null && { metric }),
    },
    details: { candidate: rollout.candidate, measured: evaluation.measured },
  };
}
