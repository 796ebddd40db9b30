import {
  type BehaviourStanding,
  describeVersions,
  type FindingDraft,
  formatCount,
  formatEvidence,
  type Rollout,
  type ShownMove,
  type Surface,
} from '../../src/model/index.js';

const SENTENCE_FEATURES = 3;

const METHOD =
  'sequential two-sample test on style fingerprints of sampled outputs (label tournament and label bets), valid at any look';

/**
 * The finding of a behaviour test that has fired.
 * @param until Unix seconds: outputs before it were looked at
 */
export function behaviourFinding(rollout: Rollout, standing: BehaviourStanding, until: number): FindingDraft {
  const { baselineN, candidateN, maxLogE, logThreshold, features, tone, examples } = standing;
  const [first] = features;
  const moves = features.slice(0, SENTENCE_FEATURES).map(describeMove).join('; ');
  return {
    detector: 'behaviour',
    metric: 'behaviour',
    target: rollout.target,
    rolloutId: rollout.id,
    subject: rollout.id,
    severity: 'warning',
    sentence:
      `Outputs of ${describeVersions(rollout.candidate)} are written differently from those of ` +
      `${describeVersions(rollout.baseline)}: ${moves}. Seen in ${formatCount(candidateN)} against ` +
      `${formatCount(baselineN)} sampled outputs; e = ${formatEvidence(maxLogE)} against ${formatEvidence(logThreshold)}.`,
    question: 'Did the outputs change in ways that users would notice?',
    method: METHOD,
    n: { baseline: baselineN, candidate: candidateN },
    effect: first === undefined ? null : effectOf(first),
    evidence: { logE: maxLogE, logThreshold },
    surface: onlySurface(rollout.changed),
    behind: { targetId: rollout.targetId, since: Math.floor(rollout.startedAt / 1000), until },
    details: { features, tone, examples },
  };
}

/** `words 120 → 45`: in the unit a person reads. */
export function describeMove({ label, baselineMean, candidateMean }: ShownMove): string {
  return `${label} ${readable(baselineMean)} → ${readable(candidateMean)}`;
}

function effectOf({ superiority, lower, upper, level }: ShownMove): FindingDraft['effect'] {
  return { estimate: superiority, lower, upper, level, unit: 'probability of superiority' };
}

function onlySurface(changed: readonly Surface[]): Surface | null {
  return changed.length === 1 ? (changed[0] ?? null) : null;
}

/** Three digits; whole numbers from a hundred on. */
function readable(value: number): string {
  return Math.abs(value) >= 100 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(3)));
}
