import type { ActionStatus, CompatibilityVerdict, IncidentState, RolloutStatus, Verdict } from '../api/index.js';
import { words } from '../format.js';

type Tone = 'good' | 'bad' | 'wait' | 'quiet' | 'info';

/** A word with a mark: told apart by shape and text, not by colour alone. */
export function Badge({ tone, mark, children }: { tone: Tone; mark: string; children: string }) {
  return (
    <span class={`badge tone-${tone}`}>
      <span class="badge-mark" aria-hidden="true">
        {mark}
      </span>
      {children}
    </span>
  );
}

const VERDICT: Record<Verdict, { tone: Tone; mark: string; text: string }> = {
  rollback: { tone: 'bad', mark: '↩', text: 'rollback' },
  promote: { tone: 'good', mark: '↑', text: 'promote' },
  hold: { tone: 'wait', mark: '‖', text: 'hold' },
  insufficient_data: { tone: 'quiet', mark: '…', text: 'insufficient data' },
};

export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  const { tone, mark, text } = VERDICT[verdict];
  return (
    <Badge tone={tone} mark={mark}>
      {text}
    </Badge>
  );
}

const STATE: Record<IncidentState, { tone: Tone; mark: string }> = {
  open: { tone: 'bad', mark: '!' },
  awaiting_approval: { tone: 'wait', mark: '?' },
  rolling_back: { tone: 'wait', mark: '↩' },
  rolled_back: { tone: 'good', mark: '✓' },
  rollback_unconfirmed: { tone: 'bad', mark: '!' },
  resolved: { tone: 'quiet', mark: '✓' },
};

export function StateBadge({ state }: { state: IncidentState }) {
  return <Badge {...STATE[state]}>{words(state)}</Badge>;
}

const ROLLOUT: Record<RolloutStatus, { tone: Tone; mark: string }> = {
  running: { tone: 'info', mark: '▸' },
  promoted: { tone: 'good', mark: '↑' },
  rolled_back: { tone: 'bad', mark: '↩' },
  superseded: { tone: 'quiet', mark: '»' },
  abandoned: { tone: 'quiet', mark: '×' },
};

export function RolloutBadge({ status }: { status: RolloutStatus }) {
  return <Badge {...ROLLOUT[status]}>{words(status)}</Badge>;
}

const ACTION: Record<ActionStatus, { tone: Tone; mark: string }> = {
  awaiting_approval: { tone: 'wait', mark: '?' },
  pending: { tone: 'wait', mark: '…' },
  succeeded: { tone: 'good', mark: '✓' },
  failed: { tone: 'bad', mark: '!' },
  cancelled: { tone: 'quiet', mark: '×' },
};

export function ActionBadge({ status }: { status: ActionStatus }) {
  return <Badge {...ACTION[status]}>{words(status)}</Badge>;
}

export function SeverityBadge({ severity }: { severity: string }) {
  const tone: Tone = severity === 'critical' || severity === 'error' ? 'bad' : severity === 'warning' ? 'wait' : 'info';
  return (
    <Badge tone={tone} mark={tone === 'bad' ? '▲' : tone === 'wait' ? '△' : 'i'}>
      {severity}
    </Badge>
  );
}

const GOOD_COMPLIANCE = new Set(['ok']);
const BAD_COMPLIANCE = new Set(['schema_invalid', 'not_json', 'empty', 'ok_after_fence', 'ok_after_extract']);

export function ComplianceBadge({ compliance }: { compliance: string }) {
  if (GOOD_COMPLIANCE.has(compliance))
    return (
      <Badge tone="good" mark="✓">
        compliant
      </Badge>
    );
  const bad = BAD_COMPLIANCE.has(compliance);
  return (
    <Badge tone={bad ? 'bad' : 'quiet'} mark={bad ? '!' : '–'}>
      {words(compliance)}
    </Badge>
  );
}

const COMPATIBILITY: Record<CompatibilityVerdict, { tone: Tone; mark: string; text: string }> = {
  compatible: { tone: 'good', mark: '✓', text: 'compatible' },
  incompatible: { tone: 'bad', mark: '!', text: 'incompatible' },
  unknown: { tone: 'wait', mark: '?', text: 'not known' },
};

export function CompatibilityBadge({ verdict }: { verdict: CompatibilityVerdict }) {
  const { tone, mark, text } = COMPATIBILITY[verdict];
  return (
    <Badge tone={tone} mark={mark}>
      {text}
    </Badge>
  );
}
