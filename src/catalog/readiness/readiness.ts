import type { RemovableKind, TargetKey } from '../../model/index.js';
import { calls, duration, listed, spell } from './wording.js';

/** Calls without a use that must have been seen: then, with 95 % confidence, fewer than 3 in 300 use it (rule of three). */
export const MINIMUM_GENERATIONS = 300;
/** The hold time is looked at in this many equal parts … */
export const HOLD_PARTS = 10;
/** … and so many of them must have had traffic, so that silence at the wrong time of day is not taken for disuse. */
export const MINIMUM_PARTS = 5;

/** What is known about the use of something within the hold time. Times in milliseconds since the Unix epoch. */
export interface UsageFacts {
  readonly kind: RemovableKind;
  readonly name: string;
  readonly nowMs: number;
  readonly holdSeconds: number;
  /** Calls of the target, and when its first one ever came; `null` when none is on record. */
  readonly generations: number;
  readonly firstGenerationMs: number | null;
  /** Which tenths of the hold time had traffic. */
  readonly parts: number;
  /** Calls that do not say what they use. */
  readonly blind: number;
  readonly uses: number;
  readonly usesLastHour: number;
  /** Ever, not only within the hold time. */
  readonly lastUseMs: number | null;
  /** Calls after the last use. */
  readonly generationsSinceUse: number;
  readonly pods: readonly string[];
  /** Sessions that have used it, and were heard of lately; and those of them that have also seen something else. */
  readonly openSessions: number;
  readonly straddlingSessions: number;
  /** For tools: live versions of the tools that offer it, those that do not, and those whose content is not kept. */
  readonly offers: { readonly with: readonly string[]; readonly without: number; readonly unreadable: number } | null;
  /** Who declared that they read it. */
  readonly readers: readonly string[];
  /** Other targets that were seen with the same within the hold time. */
  readonly elsewhere: readonly TargetKey[];
}

/** Where a removal stands: both are offered, users are moving, only the removal is left; or nobody knows. */
export const REMOVAL_STATES = ['unknown', 'expand', 'migrate', 'contract'] as const;
export type RemovalState = (typeof REMOVAL_STATES)[number];

export interface Readiness {
  readonly state: RemovalState;
  /** It may go: unused for the hold time, and enough was seen to know. Never true without data. */
  readonly ready: boolean;
  /** What is missing, each in a sentence; empty exactly when ready. */
  readonly missing: readonly string[];
  /** Share of calls that use it, at most, with 95 % confidence (3 / n); `null` while it is used or nothing was seen. */
  readonly usageUpperBound: number | null;
}

/** May it be removed? */
export function judgeRemoval(facts: UsageFacts): Readiness {
  const isKnown = facts.lastUseMs !== null || (facts.offers?.with.length ?? 0) > 0;
  const missing = [
    ...(isKnown ? [] : [`${spell(facts)} was never seen here: is the name right?`]),
    ...usageMissing(facts),
    ...observationMissing(facts),
  ];
  return {
    state: facts.generations === 0 || !isKnown ? 'unknown' : stateOf(facts),
    ready: missing.length === 0,
    missing,
    usageUpperBound: facts.uses > 0 || facts.generations === 0 ? null : Math.min(1, 3 / facts.generations),
  };
}

function stateOf(facts: UsageFacts): RemovalState {
  const { uses, generations, offers } = facts;
  if (uses === 0 && (offers?.with.length ?? 0) === 0) return 'contract';
  const hasOther = offers === null ? generations - facts.blind > uses : offers.without > 0;
  return hasOther ? 'migrate' : 'expand';
}

function usageMissing(facts: UsageFacts): string[] {
  const { nowMs, uses, usesLastHour, lastUseMs, pods, offers, readers, elsewhere } = facts;
  const lines: string[] = [];
  if (uses > 0) {
    const [n, time] = usesLastHour > 0 ? [usesLastHour, 'last hour'] : [uses, `last ${duration(facts.holdSeconds)}`];
    const from = pods.length === 0 ? '' : ` from ${pods.length === 1 ? 'pod' : 'pods'} ${listed(pods)}`;
    lines.push(`${calls(n)} in the ${time}${from}; last ${duration((nowMs - (lastUseMs ?? nowMs)) / 1000)} ago.`);
  }
  if (facts.openSessions > 0) lines.push(sessions(facts));
  if (offers !== null && offers.with.length > 0)
    lines.push(
      `Models are still told of it, by tools ${offers.with.length === 1 ? 'version' : 'versions'} ${listed(offers.with)}.`,
    );
  if (offers !== null && offers.unreadable > 0)
    lines.push(`The content of ${offers.unreadable} live tools version(s) is not kept, so they may offer it.`);
  if (readers.length > 0) lines.push(`Declared as read by ${listed(readers)}.`);
  if (elsewhere.length > 0)
    lines.push(`Also used by ${listed(elsewhere.map(({ service, operation }) => `${service} · ${operation}`))}.`);
  return lines;
}

function sessions({ openSessions, straddlingSessions }: UsageFacts): string {
  const open = openSessions === 1 ? '1 session that used it is' : `${openSessions} sessions that used it are`;
  const straddling = straddlingSessions === 0 ? '' : `, ${straddlingSessions} of them on something else by now`;
  return `${open} still open${straddling}.`;
}

function observationMissing(facts: UsageFacts): string[] {
  const { nowMs, holdSeconds, generations, firstGenerationMs, parts, blind, generationsSinceUse } = facts;
  const hold = duration(holdSeconds);
  if (generations === 0) return [`No call was seen in the last ${hold}: nothing is known about its use.`];
  const lines: string[] = [];
  if (blind > 0) lines.push(`${calls(blind)} of ${generations} in the last ${hold} do not say what they use.`);
  const observedMs = firstGenerationMs === null ? 0 : nowMs - firstGenerationMs;
  if (observedMs < holdSeconds * 1000)
    lines.push(`Observed for ${duration(observedMs / 1000)} of the ${hold} that are asked for.`);
  else if (parts < MINIMUM_PARTS)
    lines.push(`Traffic in only ${parts} of ${HOLD_PARTS} parts of the last ${hold}; ${MINIMUM_PARTS} are asked for.`);
  if (generationsSinceUse < MINIMUM_GENERATIONS)
    lines.push(`${calls(generationsSinceUse)} without a use so far; ${MINIMUM_GENERATIONS} are asked for.`);
  return lines;
}
