import type { FindingDraft } from '../../src/model/index.js';
import type { WatchContext } from './watch.js';

/** What every finding must say; the rest is empty unless it is said, too. */
export type WatchFinding = Pick<FindingDraft, 'metric' | 'subject' | 'severity' | 'title' | 'sentence' | 'method'> &
  Partial<FindingDraft>;

/** A finding of a watch about the target it looks at. */
export function draftOf(
  watch: { readonly name: string; readonly question: string },
  context: Pick<WatchContext, 'target'>,
  finding: WatchFinding,
): FindingDraft {
  return {
    detector: watch.name,
    target: context.target,
    question: watch.question,
    rolloutId: '',
    n: {},
    effect: null,
    evidence: null,
    surface: null,
    behind: null,
    details: {},
    ...finding,
  };
}

/** A method that looked at calls one by one, and at how many of them. */
export function methodOnCalls(method: string, { oneIn }: Pick<WatchContext, 'oneIn'>): string {
  return oneIn === 1 ? method : `${method}; the calls of one in ${oneIn} sessions were looked at`;
}

/** `14:05 UTC` */
export function clockWords(unixSeconds: number): string {
  return `${new Date(unixSeconds * 1000).toISOString().slice(11, 16)} UTC`;
}

/** A name from telemetry in a sentence; long digests by their beginning. */
export function named(version: string): string {
  if (version === '') return 'no name';
  return /^(sha256:)?[0-9a-f]{20,}$/.test(version) ? `${version.slice(0, 12)}…` : version.slice(0, 80);
}
