import { Type } from 'typebox';
import { bucketOf, isoTime } from '../../model/index.js';
import { listRollouts } from '../../store/queries/rollouts.js';
import { targetTraffic, vectorTraffic } from '../../store/queries/targets.js';
import { incidentOverviews } from '../incident-overview.js';
import type { ServerParts } from '../ports.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { TargetSummary, VectorSummary } from '../schemas.js';
import { vectorView } from '../views.js';

const DEFAULT_WINDOW_SECONDS = 3_600;
const MAX_WINDOW_SECONDS = 86_400;

const TargetList = Type.Object({ targets: Type.Array(TargetSummary) });
const VectorList = Type.Object({ vectors: Type.Array(VectorSummary) });
const VectorsQuery = Type.Object({
  target: Type.String({ minLength: 1 }),
  windowSeconds: Type.Integer({ minimum: 10, maximum: MAX_WINDOW_SECONDS, default: DEFAULT_WINDOW_SECONDS }),
});

export function targetRoutes(server: TypedServer, { database, clock }: ServerParts): void {
  const windowStart = (seconds: number) => bucketOf(clock.now() / 1000 - seconds);

  server.get(
    '/targets',
    { schema: { tags: ['targets'], summary: 'What is being watched', response: { 200: TargetList, ...PROBLEMS } } },
    async () => {
      const [targets, running, incidents] = await Promise.all([
        targetTraffic(database, { since: windowStart(DEFAULT_WINDOW_SECONDS) }),
        listRollouts(database, { status: 'running' }),
        incidentOverviews(database),
      ]);
      return {
        targets: targets.map(({ lastSeenMs, ...target }) => ({
          ...target,
          runningRollouts: running.filter(({ rollout }) => rollout.targetId === target.targetId).length,
          openIncidents: incidents.filter(
            ({ incident, status }) => incident.targetId === target.targetId && status.state !== 'resolved',
          ).length,
          lastSeen: isoTime(lastSeenMs),
        })),
      };
    },
  );

  server.get(
    '/vectors',
    {
      schema: {
        tags: ['targets'],
        summary: 'The version vectors that serve a target, most traffic first',
        querystring: VectorsQuery,
        response: { 200: VectorList, ...PROBLEMS },
      },
    },
    async ({ query }) => {
      const since = windowStart(query.windowSeconds);
      const vectors = await vectorTraffic(database, { targetId: query.target, since });
      const total = vectors.reduce((sum, { generations }) => sum + generations, 0);
      return { vectors: vectors.map((vector) => vectorView(vector, total)) };
    },
  );
}
