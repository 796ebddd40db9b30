import type { RemovalReadiness } from '../../api/schemas.js';
import { describeTarget, formatCount, formatRate, formatSeconds } from '../../model/index.js';

/** What each state means for whoever waits to remove something. */
const STATES: Readonly<Record<RemovalReadiness['state'], string>> = {
  unknown: 'nothing was seen that could tell',
  expand: 'only this is in use',
  migrate: 'this and its replacement are both in use',
  contract: 'nobody uses it any more',
};

const MAX_NAMED = 5;

/** The answer in lines of text: the verdict, what is missing, who uses it. */
export function readinessLines(readiness: RemovalReadiness): string[] {
  const { ready, kind, name, target, state, missing } = readiness;
  return [
    `${ready ? 'ready' : 'not ready'}: ${kind.replaceAll('_', ' ')} ${name} of ${describeTarget(target)}`,
    `state: ${state} (${STATES[state]})`,
    ...block('missing', missing),
    ...block('used by', users(readiness)),
  ];
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function users(readiness: RemovalReadiness): string[] {
  const { pods, openSessions, straddlingSessions, offeredBy, elsewhere, readers } = readiness;
  const sessions = `${counted(openSessions, 'session')} still open, ${formatCount(straddlingSessions)} of them on something else by now`;
  return [
    callsOf(readiness),
    ...pods
      .slice(0, MAX_NAMED)
      .map(({ pod, uses, lastUse }) => `pod ${pod || 'without a name'}: ${counted(uses, 'call')}, last ${lastUse}`),
    ...more(pods.length, 'pods'),
    ...(openSessions === 0 ? [] : [sessions]),
    ...(offeredBy.length === 0 ? [] : [`models are told of it by tools ${offeredBy.join(', ')}`]),
    ...elsewhere.slice(0, MAX_NAMED).map((other) => `target ${describeTarget(other)}`),
    ...more(elsewhere.length, 'targets'),
    ...readers.map(({ reader, comment }) => `reader ${reader}${comment ? `: ${comment}` : ''}`),
  ];
}

function callsOf({ uses, usesLastHour, generations, holdSeconds, lastUse, usageUpperBound }: RemovalReadiness): string {
  const time = `in the last ${formatSeconds(holdSeconds)}`;
  if (uses > 0)
    return `${formatCount(uses)} of ${counted(generations, 'call')} ${time}, ${formatCount(usesLastHour)} in the last hour; last ${lastUse}`;
  const bound = usageUpperBound === null ? '' : ` (at most ${formatRate(usageUpperBound)}, with 95 % confidence)`;
  return `none of ${counted(generations, 'call')} ${time}${bound}; last ${lastUse ?? 'never'}`;
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}

function more(length: number, what: string): string[] {
  return length > MAX_NAMED ? [`${formatCount(length - MAX_NAMED)} more ${what}`] : [];
}
