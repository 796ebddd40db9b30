import { formatCount, formatRate, type IncidentEvent, wordList } from '../model/index.js';
import { incidentEvent } from './event.js';
import type { RecoveredMetric, Verification } from './verify.js';

const UNCONFIRMED_REASONS = {
  share_left: 'the candidate still answers',
  no_traffic: 'no traffic came that could prove it',
  too_little_traffic: 'too little traffic came to prove it',
} as const;

/** The line that a verification adds to the timeline; `null` while there is nothing to say. */
export function verificationEvent(incidentId: string, verification: Verification, at: number): IncidentEvent | null {
  const data = { ...verification };
  switch (verification.kind) {
    case 'waiting':
      return null;
    case 'moving':
      // Once per incident: how fast the share falls is drawn from the cells, not told line by line.
      return incidentEvent({
        incidentId,
        kind: 'traffic_moving',
        at,
        message: `The candidate answers ${formatRate(verification.share)} of the traffic after the registry accepted.`,
        data,
      });
    case 'confirmed':
      return incidentEvent({ incidentId, kind: 'rollback_confirmed', at, message: confirmation(verification), data });
    case 'unconfirmed':
      return incidentEvent({
        incidentId,
        kind: 'rollback_unconfirmed',
        at,
        message: `The registry accepted the rollback, but traffic does not show it: ${unconfirmed(verification)}.`,
        data,
      });
  }
}

function confirmation(verification: Extract<Verification, { kind: 'confirmed' }>): string {
  const { share, baseline, buckets, metrics } = verification;
  const recovered = metrics.map(recoveredWords);
  return (
    `Traffic is back: the candidate answers ${formatRate(share)} in ${buckets.length} buckets in a row, ` +
    `${formatCount(baseline)} generations ran other versions` +
    (recovered.length > 0 ? `; ${wordList(recovered)}.` : '.')
  );
}

function recoveredWords({ metric, n, rate }: RecoveredMetric): string {
  return rate === null ? `${metric} has no data yet` : `${metric} fails ${formatRate(rate)} of ${formatCount(n)}`;
}

function unconfirmed({ reason, share }: Extract<Verification, { kind: 'unconfirmed' }>): string {
  return UNCONFIRMED_REASONS[reason] + (reason === 'share_left' && share !== null ? ` ${formatRate(share)} of it` : '');
}
