import { Type } from 'typebox';
import { COMPLIANCE, LeewayError } from '../../model/index.js';
import { listGenerations } from '../../store/queries/generations.js';
import type { ServerParts } from '../ports.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { Generation, oneOf } from '../schemas.js';
import { generationView } from '../views.js';

const MAX_GENERATIONS = 500;
const DEFAULT_WINDOW_SECONDS = 86_400;
const MAX_WINDOW_SECONDS = 30 * 86_400;

const GenerationList = Type.Object({ generations: Type.Array(Generation) });
const GenerationsQuery = Type.Object({
  target: Type.Optional(Type.String()),
  vector: Type.Optional(Type.String()),
  compliance: Type.Optional(oneOf(COMPLIANCE)),
  failing: Type.Optional(Type.String({ description: 'A metric: only generations that it counts as failed' })),
  since: Type.Optional(Type.Integer({ minimum: 0, description: 'Unix seconds; instead of a window up to now' })),
  until: Type.Optional(Type.Integer({ minimum: 0, description: 'Unix seconds' })),
  windowSeconds: Type.Integer({ minimum: 1, maximum: MAX_WINDOW_SECONDS, default: DEFAULT_WINDOW_SECONDS }),
  limit: Type.Integer({ minimum: 1, maximum: MAX_GENERATIONS, default: 50 }),
});

export function generationRoutes(server: TypedServer, { database, clock, metrics }: ServerParts): void {
  const metricNamed = (name: string) => {
    const metric = metrics.find((candidate) => candidate.name === name);
    if (metric) return metric;
    const names = metrics.map((candidate) => candidate.name).join(', ');
    throw new LeewayError('LEEWAY_INVALID', `query.failing must be one of ${names}`);
  };

  server.get(
    '/generations',
    {
      schema: {
        tags: ['generations'],
        summary: 'LLM calls, newest first',
        querystring: GenerationsQuery,
        response: { 200: GenerationList, ...PROBLEMS },
      },
    },
    async ({ query }) => {
      const rows = await listGenerations(database, {
        since: query.since ?? Math.floor(clock.now() / 1000) - query.windowSeconds,
        until: query.until,
        limit: query.limit,
        targetId: query.target,
        vectorId: query.vector,
        compliance: query.compliance,
        failing: query.failing === undefined ? undefined : metricNamed(query.failing),
      });
      return { generations: rows.map(generationView) };
    },
  );
}
