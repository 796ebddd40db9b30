import type { Scenario } from './scenario.js';

/** The last line of `leeway demo --json`. */
export interface DemoResult {
  readonly scenario: string;
  readonly verdict: string;
  /** `null` when no incident was opened. */
  readonly incidentState: string | null;
  /** Candidate generations judged when the verdict fell. */
  readonly candidateGenerations: number;
  /** From the close of the first bucket with a failing candidate generation to the decision; `null` without a rollback. */
  readonly secondsFromFirstBadBucketClosed: number | null;
  /** Webhook calls that the registry acted on, by distinct id. */
  readonly rollbackCalls: number;
  /** Did traffic prove the rollback? */
  readonly confirmed: boolean;
  /** Spans whose export was acknowledged, and distinct spans found in the store after the service had stopped. */
  readonly spansSent: number;
  readonly spansStored: number;
}

/** What the demo knows beside its result: the evidence by which the scenario's expectation is checked. */
export interface DemoEvidence {
  readonly blame: readonly string[];
  /** Webhook calls that reached the registry, and different ids among them. */
  readonly webhookCalls: number;
  readonly webhookIds: number;
  readonly slackMessages: number;
  readonly pagerTriggers: number;
  readonly pagerResolves: number;
  readonly requestsFailed: number;
}

/** What the scenario promised and did not keep, in words; empty when it held. */
export function unmetExpectations(scenario: Scenario, result: DemoResult, evidence: DemoEvidence): string[] {
  const checks =
    scenario.expected === 'rollback' ? rollbackChecks(scenario, result, evidence) : quietChecks(result, evidence);
  const always: Check[] = [
    [result.spansSent > 0, 'the fleet sent no spans'],
    [
      result.spansSent === result.spansStored,
      `${result.spansSent} spans were acknowledged, ${result.spansStored} are in the store`,
    ],
    [evidence.requestsFailed === 0, `${evidence.requestsFailed} requests of the fleet failed`],
  ];
  return [...checks, ...always].filter(([held]) => !held).map(([, problem]) => problem);
}

type Check = readonly [held: boolean, problem: string];

function rollbackChecks(scenario: Scenario, result: DemoResult, evidence: DemoEvidence): Check[] {
  const outage = scenario.registryFailsForSeconds > 0;
  return [
    [result.verdict === 'rollback', `the verdict is ${result.verdict}, not rollback`],
    [
      evidence.blame.includes(scenario.blame),
      `${scenario.blame} is not blamed (${evidence.blame.join(', ') || 'nothing is'})`,
    ],
    [result.rollbackCalls === 1, `the registry acted on ${result.rollbackCalls} webhook calls, not on 1`],
    [evidence.webhookIds === 1, `the registry saw ${evidence.webhookIds} different webhook ids, not 1`],
    [!outage || evidence.webhookCalls > 1, 'the webhook was not tried again after a 503'],
    [result.incidentState === 'rolled_back', `the incident is ${result.incidentState ?? 'not there'}, not rolled_back`],
    [result.confirmed, 'traffic has not confirmed the rollback'],
    [evidence.slackMessages >= 2, `Slack was told ${evidence.slackMessages} times, not at both moments`],
    [evidence.pagerTriggers >= 1, 'the pager was not triggered'],
    [evidence.pagerResolves >= 1, 'the pager was not resolved'],
  ];
}

function quietChecks(result: DemoResult, evidence: DemoEvidence): Check[] {
  return [
    [['promote', 'hold'].includes(result.verdict), `the verdict is ${result.verdict}, not promote or hold`],
    [evidence.webhookCalls === 0, `the registry was called ${evidence.webhookCalls} times`],
    [result.incidentState === null, `an incident was opened (${result.incidentState})`],
    [evidence.slackMessages + evidence.pagerTriggers === 0, 'somebody was notified'],
  ];
}
