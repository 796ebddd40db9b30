import type { Deployment, RolloutDetail, ServiceStatus, TargetSummary } from '../../../src/api/schemas.js';
import { FLATTERY } from './behaviour.js';
import { catalogStory } from './catalog.js';
import { quietFinding, rolledBackIncident, swapIncident, waitingIncident } from './incidents.js';
import { gateOf, type Story, trafficOf } from './numbers.js';
import { OTHER_TARGET, type SecondsAgo, TARGET } from './subjects.js';
import { brokenGeneration, brokenTrace } from './traces.js';
import { docsVectors, supportVectors } from './vectors.js';

/** What the page's tests are told by the service: a broken prompt that was rolled back, and a model on its way. */

/** Everything the API answers, for a page opened at `now` (ms). */
export function pageStory(now: number): Story {
  const at = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString();
  const seconds = Math.floor(now / 10_000) * 10;
  const broken = gateOf({
    start: seconds - 1800,
    buckets: 120,
    baselineRate: 0.011,
    candidateRate: 0.062,
    at: at(600),
  });
  const healthy = gateOf({ start: seconds - 1500, buckets: 150, baselineRate: 0.03, candidateRate: 0.028, at: at(4) });
  const incident = rolledBackIncident(at, broken);
  const rollout: RolloutDetail = {
    id: 'rol_6d5f0c7e1a2b3c4d',
    target: TARGET,
    baseline: { prompt: 'v12' },
    candidate: { prompt: 'v13' },
    changed: ['prompt'],
    origin: 'observed',
    mode: 'auto',
    status: 'rolled_back',
    stage: 10,
    stages: [0, 1, 5, 10, 25, 50, 100],
    verdict: 'rollback',
    reasons: broken.reasons,
    startedAt: at(1800),
    incidentId: incident.id,
    gate: broken,
    latched: broken,
    traffic: trafficOf(seconds - 2400, 180, { from: 60, to: 132 }),
    strata: [],
    history: [
      {
        revision: 1,
        at: at(1800),
        status: 'running',
        stage: 10,
        verdict: 'insufficient_data',
        reasons: ['No closed bucket with both arms yet.'],
      },
      {
        revision: 2,
        at: at(1700),
        status: 'running',
        stage: 10,
        verdict: 'hold',
        reasons: ['compliance: neither harm nor safety is shown yet (n = 51 candidate).'],
      },
      { revision: 3, at: at(600), status: 'rolled_back', stage: 10, verdict: 'rollback', reasons: broken.reasons },
    ],
  };
  const running: RolloutDetail = {
    ...rollout,
    id: 'deploy-2291',
    target: OTHER_TARGET,
    baseline: { model: 'gpt-4o-2024-08-06' },
    candidate: { model: 'gpt-4o-2024-11-20' },
    changed: ['model'],
    origin: 'declared',
    mode: 'approve',
    status: 'running',
    stage: 25,
    verdict: 'hold',
    reasons: healthy.reasons,
    startedAt: at(1500),
    incidentId: null,
    gate: healthy,
    latched: null,
    traffic: trafficOf(seconds - 1500, 150, { from: 0, to: 150 }),
    history: rollout.history.slice(0, 2),
  };
  const trace = brokenTrace(at);
  const status: ServiceStatus = {
    version: '0.1.0',
    startedAt: at(86_400),
    ready: true,
    problems: [],
    spool: { segments: 0, bytes: 0, poisoned: 0, lastError: '' },
    evaluation: { lastRunAt: at(1), watermark: at(11), lagSeconds: 1.2, lastError: '', detectors: [], watches: [] },
    actions: { pending: 0, retrying: 0, failed: 0 },
  };
  return {
    status,
    targets: [summaryOf(TARGET, 4210, 2, 0, 2, at(3)), summaryOf(OTHER_TARGET, 1875, 2, 1, 0, at(5))],
    vectors: [...supportVectors(at, seconds), ...docsVectors(at, seconds)],
    rollouts: [running, rollout],
    behaviour: FLATTERY,
    incidents: [waitingIncident(at, broken), incident, swapIncident(at)],
    findings: [quietFinding(at)],
    generations: Array.from({ length: 12 }, (_, index) => brokenGeneration(at(40 + index * 37), index)),
    traces: [trace],
    deployments: [deployment(at)],
    catalog: catalogStory(at),
  };
}

function summaryOf(
  target: typeof TARGET,
  generations: number,
  vectors: number,
  running: number,
  open: number,
  lastSeen: string,
): TargetSummary {
  return { ...target, generations, vectors, runningRollouts: running, openIncidents: open, lastSeen };
}

function deployment(at: SecondsAgo): Deployment {
  return {
    id: 'dep_1',
    service: 'support-bot',
    environment: 'production',
    operation: 'support-triage',
    surface: 'prompt',
    version: 'v13',
    previousVersion: 'v12',
    actor: 'ci',
    source: 'api',
    comment: 'Shorter instructions',
    at: at(1805),
  };
}
