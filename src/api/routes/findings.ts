import { Type } from 'typebox';
import { listFindings } from '../../store/queries/findings.js';
import { findingView } from '../finding-view.js';
import type { ServerParts } from '../ports.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { Finding } from '../schemas.js';

const MAX_FINDINGS = 500;

const FindingList = Type.Object({ findings: Type.Array(Finding) });
const FindingsQuery = Type.Object({
  target: Type.Optional(Type.String()),
  rollout: Type.Optional(Type.String()),
  incident: Type.Optional(Type.String()),
  detector: Type.Optional(Type.String()),
  ongoing: Type.Optional(Type.Boolean({ description: 'Only those that go on, or only those that are over' })),
  limit: Type.Integer({ minimum: 1, maximum: MAX_FINDINGS, default: 100 }),
});

export function findingRoutes(server: TypedServer, { database }: ServerParts): void {
  server.get(
    '/findings',
    {
      schema: {
        tags: ['findings'],
        summary: 'What detectors found, newest first, with the evidence for it',
        querystring: FindingsQuery,
        response: { 200: FindingList, ...PROBLEMS },
      },
    },
    async ({ query: { target, rollout, incident, detector, ongoing, limit } }) => {
      const findings = await listFindings(database, {
        ...(target !== undefined && { targetId: target }),
        ...(rollout !== undefined && { rolloutId: rollout }),
        ...(incident !== undefined && { incidentId: incident }),
        ...(detector !== undefined && { detector }),
        ...(ongoing !== undefined && { ongoing }),
        limit,
      });
      return { findings: findings.map(findingView) };
    },
  );
}
