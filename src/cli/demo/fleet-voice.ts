import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { deferred } from './deferred.js';
import type { Timeline } from './timeline.js';

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
type FleetLine = Static<typeof FleetLine>;

/** What the fleet says it did, once it has stopped. */
export type FleetReport = Extract<FleetLine, { event: 'report' }>;

/** Listens to the fleet: tells when a pod moves, and keeps its last word. */
export class FleetVoice {
  readonly #timeline: Timeline;
  readonly #report = deferred<FleetReport>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  get report(): Promise<FleetReport> {
    return this.#report.promise;
  }

  readonly hear = (line: string): void => {
    const message: unknown = JSON.parse(line);
    if (!Value.Check(FleetLine, message)) return;
    if (message.event === 'report') this.#report.resolve(message);
    this.#timeline.say('fleet', sentence(message));
  };
}

function sentence(line: FleetLine): string {
  switch (line.event) {
    case 'started':
      return `${line.pods} pods answer ${line.requestsPerSecond} tickets a second`;
    case 'pointer': {
      const { pod, stable, candidate, candidateWeight } = line;
      const share = `${candidate} to ${candidateWeight * 100} % of sessions`;
      return `${pod} now serves ${stable}${candidateWeight > 0 ? `, and ${share}` : ' to everybody'}`;
    }
    case 'report': {
      const mix = Object.entries(line.byVersion).map(([version, n]) => `${version} ${n}`);
      const spans = `${line.spansSent} spans acknowledged, ${line.spansFailed} given up`;
      return `stopped: ${spans}, ${line.generations} generations (${mix.join(', ')})`;
    }
  }
}
