import { setTimeout as delay } from 'node:timers/promises';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { ServiceStatus } from '../../api/schemas.js';
import { BUCKET_SECONDS, bucketOf } from '../../model/index.js';
import type { Child } from './child.js';
import { DemoFailure } from './demo-failure.js';
import type { DemoEvidence, DemoResult } from './result.js';
import type { Scenario } from './scenario.js';
import type { Stage } from './stage.js';
import { countStoredSpans } from './stored-spans.js';
import type { Timeline } from './timeline.js';
import { Watch } from './watch.js';

export const PROMPT = 'support-triage';
const CANARY_WEIGHT = 0.1;
/** The baseline serves alone for this long, and for two whole buckets: a change needs something to differ from. */
const BASELINE_SECONDS = 15;
const BASELINE_BUCKETS = 2;
/** How long a healthy candidate is watched. */
const HEALTHY_CANARY_SECONDS = 60;
/** By then the story must be over; what is left of two minutes is for counting and cleaning up. */
const LAST_SCENE_SECONDS = 106;
const POLL_INTERVAL_MS = 400;
const DRAIN_TIMEOUT_MS = 8_000;

const FleetLine = Type.Union([
  Type.Object({ event: Type.Literal('started'), pods: Type.Integer(), requestsPerSecond: Type.Number() }),
  Type.Object({
    event: Type.Literal('pointer'),
    pod: Type.String(),
    stable: Type.String(),
    candidate: Type.String(),
    candidateWeight: Type.Number(),
  }),
  Type.Object({
    event: Type.Literal('report'),
    spansSent: Type.Integer(),
    spansFailed: Type.Integer(),
    generations: Type.Integer(),
    byVersion: Type.Record(Type.String(), Type.Integer()),
    requestsFailed: Type.Integer(),
  }),
]);
type FleetReport = Extract<Static<typeof FleetLine>, { event: 'report' }>;

export interface Played {
  readonly result: DemoResult;
  readonly evidence: DemoEvidence;
  /** What the service said was wrong with it before it was stopped, and its last log lines. */
  readonly problems: readonly string[];
  readonly serviceLog: string;
}

/** What the acts of the demo have in common. */
interface Performance {
  readonly scenario: Scenario;
  readonly stage: Stage;
  readonly watch: Watch;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  /** Resolves at the next change that the service announces. */
  nextChange(): Promise<void>;
}

/** Plays a scenario on a stage that is set, to the end: baseline, canary, verdict, rollback, proof. */
export async function play(
  scenario: Scenario,
  { stage, timeline, signal }: { stage: Stage; timeline: Timeline; signal: AbortSignal },
): Promise<Played> {
  const watch = new Watch(stage.api, timeline, scenario.blame);
  const performance: Performance = { scenario, stage, watch, timeline, signal, nextChange: changes(stage) };
  const report = deferred<FleetReport>();
  const fleet = stage.startFleet((line) => hearFleet(line, timeline, report.resolve));
  await baselineAct(performance, fleet);
  await canaryAct(performance, fleet);
  await (scenario.expected === 'rollback' ? rollbackAct : quietAct)(performance);
  fleet.tell('stop');
  return proof(performance, await fleet.whileRunning(report.promise));
}

async function baselineAct({ watch, timeline, ...performance }: Performance, fleet: Child): Promise<void> {
  timeline.say('demo', 'The baseline serves alone: everybody gets prompt v12.');
  const earliest = timeline.elapsedSeconds + BASELINE_SECONDS;
  await fleet.whileRunning(
    until({ watch, timeline, ...performance }, () => {
      const first = Math.min(...watch.vectors.map(({ firstSeen }) => bucketOf(Date.parse(firstSeen) / 1000)));
      const settled = first + BASELINE_BUCKETS * BUCKET_SECONDS;
      return timeline.elapsedSeconds >= earliest && Date.now() / 1000 >= settled;
    }),
  );
  if (watch.vectors.length === 0) throw new DemoFailure('Leeway has not seen any traffic of the fleet');
}

async function canaryAct({ stage, timeline }: Performance, fleet: Child): Promise<void> {
  await stage.api.post('/api/v1/deployments', {
    service: 'support-bot',
    environment: 'demo',
    operation: PROMPT,
    surface: 'prompt',
    version: 'v13',
    previousVersion: 'v12',
    actor: 'demo',
    comment: `canary: ${CANARY_WEIGHT * 100} % of sessions`,
  });
  await fleet.whileRunning(stage.registry.startCanary(PROMPT, CANARY_WEIGHT));
  timeline.say('registry', `The pointer moves: ${CANARY_WEIGHT * 100} % of sessions get prompt v13.`);
}

async function rollbackAct(performance: Performance): Promise<void> {
  const { watch, stage } = performance;
  await until(performance, () =>
    ['rolled_back', 'rollback_unconfirmed', 'resolved'].includes(watch.incident?.state ?? ''),
  );
  await until(performance, () => {
    const { messages } = stage.receiver;
    const slack = messages.filter(({ channel }) => channel === 'slack').length;
    return slack >= 2 && messages.some((message) => message.channel === 'pager' && message.action === 'resolve');
  });
}

async function quietAct(performance: Performance): Promise<void> {
  const end = performance.timeline.elapsedSeconds + HEALTHY_CANARY_SECONDS;
  await until(performance, () => performance.timeline.elapsedSeconds >= end);
}

/** Watches until the condition holds or the time for the story is over: what is missing then is said at the end. */
async function until(performance: Performance, holds: () => boolean): Promise<void> {
  const { watch, timeline, signal, stage, nextChange } = performance;
  for (;;) {
    await stage.leeway.whileRunning(watch.look());
    if (holds() || timeline.elapsedSeconds >= LAST_SCENE_SECONDS) return;
    await Promise.race([nextChange(), delay(POLL_INTERVAL_MS, undefined, { signal })]);
    signal.throwIfAborted();
  }
}

async function proof({ scenario, stage, watch, timeline, signal }: Performance, report: FleetReport): Promise<Played> {
  const { spansSent, spansFailed, generations, byVersion, requestsFailed } = report;
  const mix = Object.entries(byVersion).map(([version, n]) => `${version} ${n}`);
  timeline.say(
    'fleet',
    `stopped: ${spansSent} spans acknowledged, ${spansFailed} given up, ${generations} generations (${mix.join(', ')})`,
  );
  const { problems } = await drain(stage, signal);
  const stats = await stage.registry.stats();
  await stage.leeway.stop();
  const spansStored = await countStoredSpans(stage.engineDirectory);
  timeline.say('demo', `The service has stopped; its store holds ${spansStored} distinct spans.`);
  const { messages } = stage.receiver;
  const pager = (action: string) =>
    messages.filter((message) => message.channel === 'pager' && message.action === action).length;
  return {
    result: resultOf(scenario, watch, { rollbackCalls: stats.accepted, spansSent, spansStored }),
    evidence: {
      blame: watch.rollout?.latched?.blame ?? [],
      webhookCalls: stats.received,
      webhookIds: stats.distinctIds,
      slackMessages: messages.filter(({ channel }) => channel === 'slack').length,
      pagerTriggers: pager('trigger'),
      pagerResolves: pager('resolve'),
      requestsFailed,
    },
    problems,
    serviceLog: stage.leeway.output,
  };
}

function resultOf(
  { name }: Scenario,
  { rollout, incident, firstBadAt }: Watch,
  counts: Pick<DemoResult, 'rollbackCalls' | 'spansSent' | 'spansStored'>,
): DemoResult {
  const gate = rollout?.latched ?? rollout?.gate;
  const decidedAt = rollout?.latched ? Date.parse(rollout.latched.at) : undefined;
  const seconds =
    decidedAt === undefined || firstBadAt === undefined
      ? null
      : Math.max(0, Math.round((decidedAt - firstBadAt) / 100) / 10);
  return {
    scenario: name,
    verdict: gate?.verdict ?? 'insufficient_data',
    incidentState: incident?.state ?? null,
    candidateGenerations: Math.max(0, ...(gate?.evaluations ?? []).map(({ candidate }) => candidate.n)),
    secondsFromFirstBadBucketClosed: seconds,
    rollbackCalls: counts.rollbackCalls,
    confirmed: incident?.events.some(({ kind }) => kind === 'rollback_confirmed') ?? false,
    spansSent: counts.spansSent,
    spansStored: counts.spansStored,
  };
}

/** Until every acknowledged span has been loaded; the shutdown drains too, so running out of time is no loss. */
async function drain({ api }: Stage, signal: AbortSignal): Promise<ServiceStatus> {
  const deadline = Date.now() + DRAIN_TIMEOUT_MS;
  for (;;) {
    const status = await api.get('/api/v1/status', ServiceStatus);
    if (status.spool.segments === 0 || Date.now() >= deadline) return status;
    await delay(POLL_INTERVAL_MS, undefined, { signal });
  }
}

function hearFleet(line: string, timeline: Timeline, onReport: (report: FleetReport) => void): void {
  const message: unknown = JSON.parse(line);
  if (!Value.Check(FleetLine, message)) return;
  if (message.event === 'report') onReport(message);
  else if (message.event === 'started')
    timeline.say('fleet', `${message.pods} pods answer ${message.requestsPerSecond} tickets a second`);
  else {
    const { pod, stable, candidate, candidateWeight } = message;
    const mix = candidateWeight > 0 ? `, and ${candidate} to ${candidateWeight * 100} % of sessions` : ' to everybody';
    timeline.say('fleet', `${pod} now serves ${stable}${mix}`);
  }
}

/** The service's announcements as promises, one after the other. */
function changes({ api }: Stage): () => Promise<void> {
  let next = deferred<void>();
  void api.onChange(() => {
    next.resolve();
    next = deferred<void>();
  });
  return () => next.promise;
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
