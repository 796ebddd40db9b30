import { Type } from 'typebox';
import { getRollout } from '../../store/queries/rollouts.js';
import type { ServerParts } from '../ports.js';
import { notFound } from '../problems.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { Behaviour } from '../schemas.js';

/** How the outputs of a rollout's arms differ in style. */
export function behaviourRoutes(server: TypedServer, { database, behaviour }: ServerParts): void {
  server.get(
    '/rollouts/:id/behaviour',
    {
      schema: {
        tags: ['rollouts'],
        summary: 'Did the outputs change in ways that users would notice?',
        description:
          'The sequential test on style fingerprints of sampled outputs, the features that moved, the tone, and outputs ' +
          'that show it. Kept while the rollout runs; a change that was found stays as a finding.',
        params: Type.Object({ id: Type.String() }),
        response: { 200: Behaviour, ...PROBLEMS },
      },
    },
    async ({ params: { id } }) => {
      const standing = behaviour(id);
      if (standing === null) {
        if (!(await getRollout(database, id))) throw notFound('rollout', id, 'GET /api/v1/rollouts lists those known');
        return { standing: null };
      }
      const { features, tone, examples, ...figures } = standing;
      return {
        standing: {
          ...figures,
          features: [...features],
          tone: [...tone],
          examples: { baseline: examples.baseline.map(exampleOf), candidate: examples.candidate.map(exampleOf) },
        },
      };
    },
  );
}

/** Outputs are known as `trace id/span id`. */
function exampleOf(id: string): { traceId: string; spanId: string } {
  const [traceId = '', spanId = ''] = id.split('/');
  return { traceId, spanId };
}
