import { Type } from 'typebox';
import { errorMessage, LeewayError } from '../../model/index.js';
import type { ServerParts } from '../ports.js';
import { PROBLEMS, type TypedServer } from '../routing.js';

const Alive = Type.Object({ status: Type.Literal('alive') });
const Ready = Type.Object({ status: Type.Literal('ready') });
const Exposition = { content: { 'text/plain': { schema: Type.String() } }, description: 'Prometheus text format' };
const tags = ['service'];

/** What orchestrators and Prometheus ask; outside /api/v1, because their paths are convention. */
export function healthRoutes(server: TypedServer, { health, telemetry, log }: ServerParts): void {
  server.get(
    '/healthz',
    { schema: { tags, summary: 'The process answers', response: { 200: Alive, ...PROBLEMS } } },
    () => ({ status: 'alive' as const }),
  );

  server.get(
    '/readyz',
    { schema: { tags, summary: 'Telemetry is taken, stored and judged', response: { 200: Ready, ...PROBLEMS } } },
    async () => {
      const readiness = await health.readiness();
      if (!readiness.ready) throw new LeewayError('LEEWAY_NOT_READY', readiness.reasons.join('; '));
      return { status: 'ready' as const };
    },
  );

  server.get(
    '/metrics',
    { schema: { tags, summary: 'Metrics for Prometheus', response: { 200: Exposition, ...PROBLEMS } } },
    async (_request, reply) => {
      const text = await telemetry.render((error) => log(`/metrics: ${errorMessage(error)}`));
      return reply.type(telemetry.registry.contentType).send(text);
    },
  );
}
