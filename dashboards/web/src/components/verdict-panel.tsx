import type { Gate } from '../api/index.js';
import { percent, stageName } from '../format.js';
import { VerdictBadge } from './badges.js';
import { Time } from './time.js';

/** What the gate says, why, and since when. */
export function VerdictPanel({ gate, title }: { gate: Gate; title: string }) {
  return (
    <section class={`panel verdict verdict-${gate.verdict}`} aria-label={title}>
      <h3>
        {title} <VerdictBadge verdict={gate.verdict} />
      </h3>
      {gate.reasons.length > 0 && (
        <ul class="reasons">
          {gate.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <p class="row-meta">
        <span>stage {stageName(gate.stage)}</span>
        <span>candidate share {percent(gate.candidateShare)}</span>
        <span>
          judged <Time at={gate.at} />
        </span>
      </p>
    </section>
  );
}
