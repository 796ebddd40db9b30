import type { ServerParts } from '../ports.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { ServiceStatus } from '../schemas.js';

export function statusRoutes(server: TypedServer, { health }: ServerParts): void {
  server.get(
    '/status',
    {
      schema: {
        tags: ['service'],
        summary: 'How the service itself is doing',
        response: { 200: ServiceStatus, ...PROBLEMS },
      },
    },
    () => health.status(),
  );
}
