import { Type } from 'typebox';
import { getRollout } from '../../store/queries/rollouts.js';
import { attributionView } from '../attribution-view.js';
import type { ServerParts } from '../ports.js';
import { notFound } from '../problems.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { AttributionAnswer } from '../schemas.js';

export function attributionRoutes(server: TypedServer, { database, attribute }: ServerParts): void {
  server.get(
    '/rollouts/:id/attribution',
    {
      schema: {
        tags: ['rollouts'],
        summary: 'Which surface did it, was it the mix of requests, and where does it happen',
        params: Type.Object({ id: Type.String() }),
        response: { 200: AttributionAnswer, ...PROBLEMS },
      },
    },
    async ({ params }) => {
      const record = await getRollout(database, params.id);
      if (!record) throw notFound('rollout', params.id, 'GET /api/v1/rollouts lists those that Leeway knows');
      return { rolloutId: params.id, metrics: (await attribute(record)).map(attributionView) };
    },
  );
}
