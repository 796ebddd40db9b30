import { type FindingDraft, formatCount, formatSeconds } from '../../src/model/index.js';
import {
  conditionalLogE,
  startConditionalEProcess,
  updateConditionalEProcess,
} from '../statistics/conditional-e-process.js';
import { servedCalls, storedCalls } from './cells-sql.js';
import { draftOf, methodOnCalls, named } from './draft.js';
import type { Watch, WatchContext } from './watch.js';

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;
/** What Kubernetes gives a pod to end, unless it is told otherwise. */
const KUBERNETES_GRACE_SECONDS = 30;
/** How long endpoints and load balancers take to stop sending to a pod that ends. */
const PRE_STOP_SECONDS = 10;
const MARGIN_SECONDS = 5;
const ROUND_SECONDS = 10;
/** Nobody waits longer than this for a pod; longer streams must be resumable. */
const MAX_GRACE_SECONDS = 3600;
const MINIMUM_STREAMS = 100;
/** A pod without calls for this long, while others are called, has ended. */
const ENDED_SECONDS = 120;
/** Calls that end this shortly before their pod's last sign of life coincide with its end. */
const END_REACH_SECONDS = 2;
const MINIMUM_PODS = 2;
const MINIMUM_CUT = 3;
/** α = .001. */
const LOG_THRESHOLD = Math.log(1000);

type DurationRow = {
  readonly targetId: string;
  readonly n: number;
  /** Seconds: median, 95 %, 99 %, 99.9 % and the longest. */
  readonly quantiles: readonly number[];
  readonly longest: number;
};

type CutRow = {
  readonly targetId: string;
  readonly pod: string;
  /** Calls that ended with their pod, and how many of them were cut off; then the pod's other calls. */
  readonly atEnd: number;
  readonly cutAtEnd: number;
  readonly other: number;
  readonly cutOther: number;
};

/** Neither stopped by the model nor by a limit: the stream broke. A call that failed before its first token was no stream. */
const CUT = `(finish_reason IN ('missing', 'cancelled') OR (finish_reason = 'error' AND time_to_first_token_ns IS NOT NULL))`;

const SECONDS = `toFloat64(toUnixTimestamp64Milli(toDateTime64(end_time, 3, 'UTC')) - toUnixTimestamp64Milli(toDateTime64(start_time, 3, 'UTC'))) / 1000`;

type Facts = { readonly durations: readonly DurationRow[]; readonly cuts: readonly CutRow[] };

/** Do streams end with their pods, and how long must a pod be given to end? */
export const drainAdvice: Watch<Facts> = {
  name: 'drain_advice',
  question: 'Are streams cut off when their pod ends, and how long must a pod be given?',
  everySeconds: 300,
  holdSeconds: 3600,
  facts: {
    durations: {
      sql: `
        SELECT target_id AS targetId, count() AS n,
          quantiles(0.5, 0.95, 0.99, 0.999)(seconds) AS quantiles, max(seconds) AS longest
        FROM (SELECT target_id, ${SECONDS} AS seconds
          FROM ${storedCalls('time_to_first_token_ns IS NOT NULL')})
        GROUP BY target_id`,
      lookbackSeconds: DAY_SECONDS,
      goodForSeconds: 600,
    },
    cuts: {
      sql: `
        SELECT target_id AS targetId, pod, countIf(ends) AS atEnd, countIf(ends AND cut) AS cutAtEnd,
          countIf(NOT ends) AS other, countIf(NOT ends AND cut) AS cutOther
        FROM (
          SELECT target_id, pod, ${CUT} AS cut, toUnixTimestamp(end_time) AS endedAt,
            max(endedAt) OVER (PARTITION BY target_id, pod) AS podEndedAt, max(endedAt) OVER (PARTITION BY target_id) AS newest,
            podEndedAt < newest - ${ENDED_SECONDS} AND endedAt >= podEndedAt - ${END_REACH_SECONDS} AS ends
          FROM ${servedCalls('pod, finish_reason, time_to_first_token_ns, end_time', "pod != ''")})
        GROUP BY target_id, pod ORDER BY atEnd + other DESC LIMIT 1000 BY target_id`,
      lookbackSeconds: HOUR_SECONDS,
      isNeeded: ({ durations = [] }) => durations.some(({ n }) => n >= MINIMUM_STREAMS),
    },
  },
  judge: ({ durations, cuts }, context) => {
    const [streams] = durations;
    if (!streams || streams.n < MINIMUM_STREAMS) return [];
    const advice = adviceFor(streams);
    const cut = cutOff(cuts);
    if (cut === null && advice.graceSeconds <= KUBERNETES_GRACE_SECONDS) return [];
    return [finding(streams, advice, cut, context)];
  },
};

interface Advice {
  readonly graceSeconds: number;
  readonly preStopSeconds: number;
  readonly yaml: string;
}

/** A pod must be given the time to be forgotten by load balancers, and then the longest of its streams. */
function adviceFor({ quantiles, longest }: DurationRow): Advice {
  const p999 = quantiles[3] ?? longest;
  const needed = PRE_STOP_SECONDS + p999 + MARGIN_SECONDS;
  const graceSeconds = Math.min(MAX_GRACE_SECONDS, Math.ceil(needed / ROUND_SECONDS) * ROUND_SECONDS);
  const yaml = [
    'spec:',
    '  template:',
    '    spec:',
    `      terminationGracePeriodSeconds: ${graceSeconds}`,
    '      containers:',
    '        - name: YOUR-CONTAINER',
    '          lifecycle:',
    '            preStop:',
    '              sleep:',
    `                seconds: ${PRE_STOP_SECONDS}`,
    '',
  ].join('\n');
  return { graceSeconds, preStopSeconds: PRE_STOP_SECONDS, yaml };
}

interface CutOff {
  readonly pods: readonly string[];
  readonly cut: number;
  readonly atEnd: number;
  readonly otherRate: number;
  readonly logE: number;
}

/** Streams break off more often where their pod ends than in the rest of its life. `null` when they do not. */
function cutOff(rows: readonly CutRow[]): CutOff | null {
  const pods = rows.filter(({ cutAtEnd }) => cutAtEnd > 0);
  const sum = (pick: (row: CutRow) => number) => rows.reduce((total, row) => total + pick(row), 0);
  const cut = sum(({ cutAtEnd }) => cutAtEnd);
  const process = rows.reduce(
    (state, { atEnd, cutAtEnd, other, cutOther }) =>
      updateConditionalEProcess(state, {
        candidate: { n: atEnd, failures: cutAtEnd },
        baseline: { n: other, failures: cutOther },
      }),
    startConditionalEProcess(),
  );
  const logE = conditionalLogE(process);
  if (pods.length < MINIMUM_PODS || cut < MINIMUM_CUT || logE < LOG_THRESHOLD) return null;
  const other = sum((row) => row.other);
  return {
    pods: pods.map(({ pod }) => pod),
    cut,
    atEnd: sum(({ atEnd }) => atEnd),
    otherRate: other === 0 ? 0 : sum(({ cutOther }) => cutOther) / other,
    logE,
  };
}

function finding(streams: DurationRow, advice: Advice, cut: CutOff | null, context: WatchContext): FindingDraft {
  const p99 = streams.quantiles[2] ?? 0;
  const need =
    `One stream in a hundred takes longer than ${formatSeconds(p99)}, the longest ${formatSeconds(streams.longest)}; Kubernetes ` +
    `gives a pod ${KUBERNETES_GRACE_SECONDS} seconds unless told otherwise. Give it ${advice.graceSeconds} seconds ` +
    `(terminationGracePeriodSeconds), of which ${advice.preStopSeconds} in preStop.`;
  return draftOf(drainAdvice, context, {
    metric: cut === null ? 'grace_period_short' : 'cut_at_pod_end',
    subject: 'pods',
    severity: cut === null ? 'info' : 'warning',
    title:
      cut === null
        ? `Pods need ${advice.graceSeconds} s to end, more than the usual ${KUBERNETES_GRACE_SECONDS} s`
        : `${formatCount(cut.cut)} streams were cut off as their pods ended`,
    sentence:
      cut === null
        ? need
        : `${formatCount(cut.cut)} of ${formatCount(cut.atEnd)} streams that were open when their pod ended were cut off, on ` +
          `${formatCount(cut.pods.length)} pods (${cut.pods.slice(0, 3).map(named).join(', ')}${cut.pods.length > 3 ? ', …' : ''}). ${need}`,
    method: methodOnCalls(
      'durations of streams of one day; conditional e-value of broken streams at the end of a pod against the rest of its life, one hour',
      context,
    ),
    n: { streams: streams.n, ...(cut === null ? {} : { 'at a pod’s end': cut.atEnd, 'cut off': cut.cut }) },
    evidence: cut === null ? null : { logE: cut.logE, logThreshold: LOG_THRESHOLD },
    behind: { targetId: context.targetId, since: context.until - HOUR_SECONDS, until: context.until },
    details: {
      terminationGracePeriodSeconds: advice.graceSeconds,
      preStopSeconds: advice.preStopSeconds,
      yaml: advice.yaml,
      pods: cut?.pods.slice(0, 20) ?? [],
    },
  });
}
