import { type Deployment, rowId, type Surface } from '../src/model/index.js';
import type { Database } from '../src/store/index.js';
import { getDeployment, recordDeployment } from '../src/store/queries/deployments.js';

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
}

/**
 * Takes a posted deployment in. A few a day: it goes to its table directly, not through the spool.
 * @returns the deployment as it is stored; one that is known by its id stays as it was
 */
export async function acceptDeployment(
  database: Database,
  posted: PostedDeployment,
  nowMs: number,
): Promise<Deployment> {
  const { id, time, ...fact } = posted;
  const at = time === undefined ? nowMs : Date.parse(time);
  const { service, environment, operation, surface, version } = fact;
  const deployment: Deployment = {
    ...fact,
    id: id ?? rowId('dep', service, environment, operation, surface, version, String(at)),
    source: 'api',
    at,
  };
  const known = await getDeployment(database, deployment.id);
  if (known) return known;
  await recordDeployment(database, deployment);
  return deployment;
}
