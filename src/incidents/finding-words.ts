import { type Effect, type Evidence, type FindingDraft, formatCount, formatEvidence } from '../model/index.js';

const MAX_TITLE_LENGTH = 100;

/** A few words for lists and messages: the draft's own, or the beginning of its sentence. */
export function findingTitle({ title, sentence }: Pick<FindingDraft, 'title' | 'sentence'>): string {
  const text = title ?? sentence;
  return text.length > MAX_TITLE_LENGTH ? `${text.slice(0, MAX_TITLE_LENGTH - 1).trimEnd()}…` : text;
}

/** `+4.6 percentage points (95 % interval +2.1 to +7.4)` */
export function formatEffect({ estimate, lower, upper, level, unit }: Effect): string {
  const interval = `${formatCount(level * 100)} % interval ${figure(lower, unit)} to ${figure(upper, unit)}`;
  return `${figure(estimate, unit)} ${unit} (${interval})`;
}

/** `evidence 1,240 against a threshold of 1,000` */
export function formatFindingEvidence({ logE, logThreshold }: Evidence): string {
  return `evidence ${formatEvidence(logE)} against a threshold of ${formatEvidence(logThreshold)}`;
}

/** `baseline 1,200, candidate 130` */
export function formatUnits(n: FindingDraft['n']): string {
  return Object.entries(n)
    .map(([what, count]) => `${what} ${formatCount(count)}`)
    .join(', ');
}

/** Effects are in the unit that people read already: percentage points as 4.6, not .046. */
function figure(value: number, unit: string): string {
  const text = Number(value.toPrecision(2)).toLocaleString('en-US');
  return value > 0 && unit.endsWith('points') ? `+${text}` : text;
}
