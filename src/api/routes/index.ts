import type { ServerParts } from '../ports.js';
import type { TypedServer } from '../routing.js';
import { actionRoutes } from './actions.js';
import { attributionRoutes } from './attribution.js';
import { behaviourRoutes } from './behaviour.js';
import { catalogRoutes } from './catalog.js';
import { deploymentRoutes } from './deployments.js';
import { eventRoutes } from './events.js';
import { findingRoutes } from './findings.js';
import { generationRoutes } from './generations.js';
import { incidentRoutes } from './incidents.js';
import { outcomeRoutes } from './outcomes.js';
import { readinessRoutes } from './readiness.js';
import { rolloutRoutes } from './rollouts.js';
import { statusRoutes } from './status.js';
import { targetRoutes } from './targets.js';
import { toolRoutes } from './tools.js';
import { traceRoutes } from './traces.js';
import { webhookRoutes } from './webhooks.js';

/** Everything below /api/v1. To add a resource, add its file and a line here. */
export const API_ROUTES: readonly ((server: TypedServer, parts: ServerParts) => void)[] = [
  statusRoutes,
  targetRoutes,
  rolloutRoutes,
  attributionRoutes,
  behaviourRoutes,
  incidentRoutes,
  findingRoutes,
  actionRoutes,
  generationRoutes,
  traceRoutes,
  outcomeRoutes,
  deploymentRoutes,
  catalogRoutes,
  toolRoutes,
  readinessRoutes,
  webhookRoutes,
  eventRoutes,
];
