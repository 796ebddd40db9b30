import { setTimeout as delay } from 'node:timers/promises';
import { BUCKET_SECONDS, bucketOf } from '../../model/index.js';
import type { ApiClient } from './api-client.js';
import { deferred } from './deferred.js';
import { DemoFailure } from './demo-failure.js';
import type { FleetReport } from './fleet-voice.js';
import type { Scenario } from './scenario.js';
import type { Stage } from './stage.js';
import type { Timeline } from './timeline.js';
import type { Watch } from './watch.js';

const PROMPT = 'support-triage';
const CANARY_WEIGHT = 0.1;
/** The baseline serves alone for this long, and for two whole buckets: a change needs something to differ from. */
const BASELINE_SECONDS = 15;
const BASELINE_BUCKETS = 2;
/** How long a healthy candidate is watched. */
const HEALTHY_CANARY_SECONDS = 60;
/** So long after the curtain the story must be over: two minutes less the start, the counting and the cleaning up. */
const LAST_SCENE_SECONDS = 100;
const POLL_INTERVAL_MS = 2_000;

/** What the acts of the demo have in common. */
export interface Performance {
  readonly scenario: Scenario;
  readonly stage: Stage;
  readonly watch: Watch;
  readonly timeline: Timeline;
  /** The fleet's last word. */
  readonly report: Promise<FleetReport>;
  readonly signal: AbortSignal;
}

/** Plays a scenario on a stage that is set: baseline, canary, verdict and rollback. Ends when the fleet has stopped. */
export async function play(performance: Performance): Promise<FleetReport> {
  const { scenario, stage, report } = performance;
  const nextChange = changes(stage.api);
  const scenes = { ...performance, nextChange, lastSceneAt: performance.timeline.elapsedSeconds + LAST_SCENE_SECONDS };
  stage.fleet.tell('start');
  await stage.fleet.whileRunning(
    baselineAct(scenes)
      .then(() => canaryAct(scenes))
      .then(() => (scenario.expected === 'rollback' ? rollbackAct(scenes) : quietAct(scenes))),
  );
  stage.fleet.tell('stop');
  return stage.fleet.whileRunning(report);
}

interface Scenes extends Performance {
  /** Resolves at the next change that the service announces. */
  nextChange(): Promise<void>;
  /** In seconds of the timeline; a slow start takes nothing away from the story. */
  readonly lastSceneAt: number;
}

async function baselineAct(scenes: Scenes): Promise<void> {
  const { watch, timeline } = scenes;
  timeline.say('demo', 'The baseline serves alone: everybody gets prompt v12.');
  const earliest = timeline.elapsedSeconds + BASELINE_SECONDS;
  await until(scenes, () => {
    const first = Math.min(...watch.vectors.map(({ firstSeen }) => bucketOf(Date.parse(firstSeen) / 1000)));
    const settled = first + BASELINE_BUCKETS * BUCKET_SECONDS;
    return timeline.elapsedSeconds >= earliest && Date.now() / 1000 >= settled;
  });
  if (watch.vectors.length === 0) throw new DemoFailure('Leeway has not seen any traffic of the fleet');
}

async function canaryAct({ stage, timeline }: Scenes): Promise<void> {
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
  await stage.registry.startCanary(PROMPT, CANARY_WEIGHT);
  timeline.say('registry', `The pointer moves: ${CANARY_WEIGHT * 100} % of sessions get prompt v13.`);
}

async function rollbackAct(scenes: Scenes): Promise<void> {
  const { watch, stage } = scenes;
  await until(scenes, () => ['rolled_back', 'rollback_unconfirmed', 'resolved'].includes(watch.incident?.state ?? ''));
  await until(scenes, () => {
    if (watch.incident?.state !== 'rolled_back') return true;
    const { messages } = stage.receiver;
    const slack = messages.filter(({ channel }) => channel === 'slack').length;
    return slack >= 2 && messages.some((message) => message.channel === 'pager' && message.action === 'resolve');
  });
}

async function quietAct(scenes: Scenes): Promise<void> {
  const end = scenes.timeline.elapsedSeconds + HEALTHY_CANARY_SECONDS;
  await until(scenes, () => scenes.timeline.elapsedSeconds >= end);
}

/** Watches until the condition holds or the time for the story is over: what is missing then is said at the end. */
async function until(scenes: Scenes, holds: () => boolean): Promise<void> {
  const { timeline, signal, stage, nextChange } = scenes;
  for (;;) {
    await stage.leeway.whileRunning(look(scenes));
    if (holds() || timeline.elapsedSeconds >= scenes.lastSceneAt) return;
    await Promise.race([nextChange(), delay(POLL_INTERVAL_MS, undefined, { signal })]);
    signal.throwIfAborted();
  }
}

/** An answer that fails is told, and asked for again: what matters is what is there in the end. */
async function look({ watch, timeline }: Scenes): Promise<void> {
  try {
    await watch.look();
  } catch (error) {
    if (!(error instanceof DemoFailure)) throw error;
    timeline.say('demo', error.message);
  }
}

/** The service's announcements as promises, one after the other. */
function changes(api: ApiClient): () => Promise<void> {
  let next = deferred<void>();
  void api.onChange(() => {
    next.resolve();
    next = deferred<void>();
  });
  return () => next.promise;
}
