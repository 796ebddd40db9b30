import { Type } from 'typebox';
import { IncidentDetail, RolloutDetail, RolloutSummary, TargetSummary, VectorSummary } from '../../api/schemas.js';
import { describeVersions, formatCount, formatEvidence, formatRate, SURFACES } from '../../model/index.js';
import { describeEffect } from '../../rollouts/index.js';
import type { ApiClient } from './api-client.js';
import type { Timeline } from './timeline.js';

const Targets = Type.Object({ targets: Type.Array(TargetSummary) });
const Vectors = Type.Object({ vectors: Type.Array(VectorSummary) });
const Rollouts = Type.Object({ rollouts: Type.Array(RolloutSummary) });

/** Shown of a version that is a content hash. */
const DIGEST_CHARACTERS = 12;

/** What Leeway says about the demo's one target, told line by line as it changes. */
export class Watch {
  vectors: readonly VectorSummary[] = [];
  rollout: RolloutDetail | undefined;
  incident: IncidentDetail | undefined;
  /** When the first closed bucket with a candidate generation that fails the metric was seen (ms). */
  firstBadAt: number | undefined;
  readonly #api: ApiClient;
  readonly #timeline: Timeline;
  readonly #metric: string;
  readonly #told = new Set<string>();
  #targetId: string | undefined;

  /** @param metric the one that is to see the candidate fail; empty when none is */
  constructor(api: ApiClient, timeline: Timeline, metric: string) {
    this.#metric = metric;
    this.#api = api;
    this.#timeline = timeline;
  }

  /** Asks the API once for everything that may have changed. */
  async look(): Promise<void> {
    this.#targetId ??= await this.#findTarget();
    if (this.#targetId === undefined) return;
    await Promise.all([this.#lookAtVectors(this.#targetId), this.#lookAtRollout(this.#targetId)]);
    if (this.rollout?.incidentId) await this.#lookAtIncident(this.rollout.incidentId);
  }

  async #findTarget(): Promise<string | undefined> {
    const { targets } = await this.#api.get('/api/v1/targets', Targets);
    return targets.find(({ service }) => service === 'support-bot')?.targetId;
  }

  async #lookAtVectors(targetId: string): Promise<void> {
    this.vectors = (await this.#api.get(`/api/v1/vectors?target=${targetId}`, Vectors)).vectors;
    for (const { vectorId, versions } of this.vectors) {
      const known = SURFACES.filter((surface) => versions[surface].source !== 'missing').map(
        (surface) => `${surface} ${shortened(versions[surface])} (${versions[surface].source})`,
      );
      this.#tell(`vector ${vectorId}`, `sees a version vector: ${known.join(' · ')}`);
    }
  }

  async #lookAtRollout(targetId: string): Promise<void> {
    const { rollouts } = await this.#api.get(`/api/v1/rollouts?target=${targetId}`, Rollouts);
    const [newest] = rollouts;
    if (!newest) return;
    const rollout = await this.#api.get(`/api/v1/rollouts/${newest.id}`, RolloutDetail);
    this.rollout = rollout;
    const change = `${describeVersions(rollout.baseline)} → ${describeVersions(rollout.candidate)}`;
    this.#tell(`rollout ${rollout.id}`, `${rollout.origin} a rollout: ${change} (mode ${rollout.mode})`);
    this.#tellEvidence(rollout);
    this.#tellVerdict(rollout);
    this.#tellTraffic(rollout);
  }

  /** The metric that is closest to its threshold, whenever another bucket has been closed. */
  #tellEvidence({ gate, latched }: RolloutDetail): void {
    const failures = gate.evaluations.find(({ metric }) => metric === this.#metric)?.candidate.failures ?? 0;
    if (failures > 0 && this.firstBadAt === undefined) {
      this.firstBadAt = Date.parse(latched?.at ?? gate.at);
      this.#tell('bad', `closed the first bucket in which the candidate fails: ${formatCount(failures)} generations`);
    }
    if (latched) return;
    const leading = [...gate.evaluations]
      .filter(({ candidate, baseline }) => candidate.n > 0 && baseline.n > 0)
      .sort((a, b) => b.harm.maxLogE - b.harm.logThreshold - (a.harm.maxLogE - a.harm.logThreshold))[0];
    if (!leading) return;
    const { harm, trajectory } = leading;
    this.#tell(
      `bucket ${trajectory.at(-1)?.bucket}`,
      `${describeEffect(leading)}\nevidence of harm: e = ${formatEvidence(harm.maxLogE)}; ` +
        `it acts at ${formatEvidence(harm.logThreshold)}`,
    );
  }

  /** A decision with all its reasons; what is still open in one line, its numbers are told bucket by bucket. */
  #tellVerdict({ gate, latched }: RolloutDetail): void {
    const { verdict, candidateShare, reasons } = latched ?? gate;
    const isDecided = verdict === 'rollback' || verdict === 'promote';
    const words = isDecided ? reasons.join('\n') : 'neither harm nor its absence is shown yet';
    const share = `${formatRate(candidateShare)} of traffic`;
    this.#tell(`verdict ${verdict}`, `verdict ${verdict.toUpperCase()} at ${share}:${isDecided ? '\n' : ' '}${words}`);
  }

  #tellTraffic({ latched, traffic }: RolloutDetail): void {
    if (!latched) return;
    const decidedAt = Date.parse(latched.at) / 1000;
    for (const { bucket, baseline, candidate, other } of traffic.filter(({ bucket }) => bucket >= decidedAt)) {
      const all = baseline + candidate + other;
      if (all === 0) continue;
      const time = new Date(bucket * 1000).toISOString().slice(11, 19);
      this.#tell(
        `traffic ${bucket}`,
        `traffic of ${time}: the candidate answers ${formatRate(candidate / all)} of ${formatCount(all)} generations`,
      );
    }
  }

  async #lookAtIncident(id: string): Promise<void> {
    const incident = await this.#api.get(`/api/v1/incidents/${id}`, IncidentDetail);
    this.incident = incident;
    this.#tell(`incident ${id}`, `opened incident ${id}: ${incident.title}`);
    for (const event of incident.events)
      if (event.kind !== 'opened' && event.kind !== 'notified') this.#tell(`event ${event.id}`, event.message);
  }

  /** Each thing once. */
  #tell(key: string, text: string): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#timeline.say('leeway', text);
  }
}

function shortened({ value, source }: { value: string; source: string }): string {
  return source === 'derived' && /^[0-9a-f]{16,}$/.test(value) ? `${value.slice(0, DIGEST_CHARACTERS)}…` : value;
}
