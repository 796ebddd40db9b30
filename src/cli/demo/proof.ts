import { setTimeout as delay } from 'node:timers/promises';
import { ServiceStatus } from '../../api/schemas.js';
import type { ApiClient } from './api-client.js';
import type { FleetReport } from './fleet-voice.js';
import type { DemoEvidence, DemoResult } from './result.js';
import type { Scenario } from './scenario.js';
import type { Stage } from './stage.js';
import { countStoredSpans } from './stored-spans.js';
import type { Timeline } from './timeline.js';
import type { Watch } from './watch.js';

const DRAIN_TIMEOUT_MS = 8_000;
const DRAIN_POLL_INTERVAL_MS = 200;

/** What is left when the curtain has fallen. */
export interface Played {
  readonly result: DemoResult;
  readonly evidence: DemoEvidence;
  /** What the service said was wrong with it before it was stopped. */
  readonly problems: readonly string[];
}

export interface ProofQuestion {
  readonly scenario: Scenario;
  readonly stage: Stage;
  readonly watch: Watch;
  readonly timeline: Timeline;
  readonly report: FleetReport;
  readonly signal: AbortSignal;
}

/**
 * Stops the service and compares what everybody says: the fleet its acknowledged spans, the registry its calls, the
 * receiver its messages, and the store, opened by the demo itself, the spans that are really there.
 */
export async function proof({ scenario, stage, watch, timeline, report, signal }: ProofQuestion): Promise<Played> {
  const { problems } = await drain(stage.api, signal);
  const stats = await stage.registry.stats();
  await stage.leeway.stop();
  const spansStored = await countStoredSpans(stage.engineDirectory);
  timeline.say('demo', `The service has stopped; its store holds ${spansStored} distinct spans.`);
  const { messages } = stage.receiver;
  const pager = (action: string) =>
    messages.filter((message) => message.channel === 'pager' && message.action === action).length;
  return {
    result: resultOf(scenario, watch, {
      rollbackCalls: stats.accepted,
      spansSent: report.spansSent,
      spansStored,
    }),
    evidence: {
      blame: watch.rollout?.latched?.blame ?? [],
      webhookCalls: stats.received,
      webhookIds: stats.distinctIds,
      slackMessages: messages.filter(({ channel }) => channel === 'slack').length,
      pagerTriggers: pager('trigger'),
      pagerResolves: pager('resolve'),
      requestsFailed: report.requestsFailed,
    },
    problems,
  };
}

/** Until every acknowledged span has been loaded; the shutdown drains too, so running out of time is no loss. */
async function drain(api: ApiClient, signal: AbortSignal): Promise<ServiceStatus> {
  const deadline = Date.now() + DRAIN_TIMEOUT_MS;
  for (;;) {
    const status = await api.get('/api/v1/status', ServiceStatus);
    if (status.spool.segments === 0 || Date.now() >= deadline) return status;
    await delay(DRAIN_POLL_INTERVAL_MS, undefined, { signal });
  }
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
