import { type FindingDraft, type Finding as FindingRow, isoTime, type MetricEvaluation } from '../model/index.js';
import type { Finding, FindingEvidence } from './schemas.js';

/** A finding as the API says it, whether a rollout's comparison or a watch made it. */
export function findingView(finding: FindingRow): Finding {
  const evidence: MetricEvaluation | FindingDraft = JSON.parse(finding.evidence);
  const view = 'harm' in evidence ? comparisonView(finding, evidence) : findingEvidenceView(evidence);
  return {
    ...view,
    id: finding.id,
    targetId: finding.targetId,
    rolloutId: finding.rolloutId,
    incidentId: finding.incidentId,
    detector: finding.detector,
    metric: finding.metric,
    subject: finding.subject,
    episode: finding.episode,
    severity: finding.severity,
    sentence: finding.sentence,
    at: isoTime(finding.at),
    lastSeenAt: isoTime(finding.lastSeenAt),
    endedAt: finding.endedAt === null ? null : isoTime(finding.endedAt),
  };
}

export function findingEvidenceView(draft: FindingDraft): FindingEvidence {
  const { question, method, n, effect, evidence, surface, behind, details } = draft;
  return { question, method, n: { ...n }, effect, evidence, surface, behind, details: { ...details } };
}

function comparisonView({ targetId, at }: FindingRow, evaluation: MetricEvaluation): FindingEvidence {
  const { question, method, metric, baseline, candidate, difference, harm, trajectory } = evaluation;
  const points = (proportion: number) => proportion * 100;
  const first = trajectory[0]?.bucket ?? harm.firedAtBucket;
  return {
    question,
    method,
    n: { baseline: baseline.n, candidate: candidate.n },
    effect: {
      estimate: points(difference.estimate),
      lower: points(difference.lower),
      upper: points(difference.upper),
      level: difference.level,
      unit: 'percentage points',
    },
    evidence: { logE: harm.maxLogE, logThreshold: harm.logThreshold },
    surface: null,
    behind: first === null ? null : { targetId, metric, since: first, until: Math.ceil(at / 1000) },
    details: {},
  };
}
