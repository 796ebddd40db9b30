import { type Deployment, LeewayError, rowId, type Surface } from '../src/model/index.js';
import type { Database } from '../src/store/index.js';
import { getDeployment, recordDeployment } from '../src/store/queries/deployments.js';
import { NO_PROTECTION, type Protection } from './privacy/index.js';

/** Clocks of those who report may be ahead by this. */
const MAX_LEAD_MS = 86_400_000;

/** A deployment as it is posted to the API, its shape checked and its defaults filled in. */
export interface PostedDeployment {
  readonly id?: string;
  readonly service: string;
  readonly environment: string;
  readonly operation: string;
  readonly surface: Surface;
  readonly version: string;
  readonly previousVersion: string;
  readonly actor: string;
  readonly comment: string;
  /** RFC 3339; now when it is absent. */
  readonly time?: string;
  /** Which system said so; `api` when it is absent. */
  readonly source?: string;
}

/**
 * Takes a posted deployment in. A few a day: it goes to its table directly, not through the spool.
 * @returns the deployment as it is stored; one that is known by its id stays as it was
 * @throws LeewayError LEEWAY_INVALID when its time is none that a deployment can have
 */
export async function acceptDeployment(
  database: Database,
  posted: PostedDeployment,
  nowMs: number,
  protection: Protection = NO_PROTECTION,
): Promise<Deployment> {
  const { id, time, source = 'api', ...fact } = posted;
  const at = time === undefined ? nowMs : Date.parse(time);
  requirePossibleTime('body.time', at, nowMs);
  const { service, environment, operation, surface, version } = fact;
  const deployment: Deployment = protection.deployment({
    ...fact,
    id: id ?? rowId('dep', service, environment, operation, surface, version, String(at)),
    source,
    at,
  });
  const known = await getDeployment(database, deployment.id);
  if (known) return known;
  await recordDeployment(database, deployment);
  return deployment;
}

/** @throws LeewayError LEEWAY_INVALID naming the field when the time lies before 1970 or more than a day ahead */
export function requirePossibleTime(field: string, at: number, nowMs: number): void {
  if (at >= 0 && at <= nowMs + MAX_LEAD_MS) return;
  throw new LeewayError('LEEWAY_INVALID', `${field} must lie in the past, or at most a day ahead`);
}
