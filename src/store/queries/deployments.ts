import { type Deployment, isoTime, type Surface } from '../../model/index.js';
import type { Database } from '../database.js';

const MAX_DEPLOYMENTS = 500;

interface DeploymentRow {
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  readonly operation: string;
  readonly surface: Surface;
  readonly version: string;
  readonly previous_version: string;
  readonly actor: string;
  readonly source: string;
  readonly comment: string;
  readonly at_ms: number;
}

const COLUMNS = `id, service, environment, operation, surface, version, previous_version, actor, source, comment,
  toUnixTimestamp64Milli(at) AS at_ms`;

/** The newest deployments, newest first. Reads the whole table: one row a release. */
export async function listDeployments(
  database: Database,
  filter: { readonly service?: string | undefined } = {},
): Promise<Deployment[]> {
  const rows = await database.query<DeploymentRow>(
    `SELECT ${COLUMNS} FROM deployments WHERE {service:String} = '' OR service = {service:String}
     ORDER BY at DESC, id LIMIT 1 BY id LIMIT {limit:UInt32}`,
    { service: filter.service ?? '', limit: MAX_DEPLOYMENTS },
  );
  return rows.map(toDeployment);
}

/** One deployment, or `null`. Reads the whole table: one row a release. */
export async function getDeployment(database: Database, id: string): Promise<Deployment | null> {
  const rows = await database.query<DeploymentRow>(
    `SELECT ${COLUMNS} FROM deployments WHERE id = {id:String} ORDER BY at LIMIT 1`,
    { id },
  );
  return rows[0] ? toDeployment(rows[0]) : null;
}

/** A pointer: what decides which version of one surface serves a target. */
export type Pointer = Pick<Deployment, 'service' | 'environment' | 'operation' | 'surface'>;

/** Where a pointer stood until then, newest first; at most `limit`. Reads the whole table: one row a release. */
export async function pointerHistory(
  database: Database,
  pointer: Pointer,
  { until, limit }: { readonly until: number; readonly limit: number },
): Promise<Deployment[]> {
  const { service, environment, operation, surface } = pointer;
  const rows = await database.query<DeploymentRow>(
    `SELECT ${COLUMNS} FROM deployments
     WHERE service = {service:String} AND environment = {environment:String} AND operation = {operation:String}
       AND surface = {surface:String} AND at <= fromUnixTimestamp64Milli({until:Int64})
     ORDER BY at DESC, id LIMIT 1 BY id LIMIT {limit:UInt32}`,
    { service, environment, operation, surface, until, limit },
  );
  return rows.map(toDeployment);
}

/** Writes one deployment; the same row again changes nothing. */
export async function recordDeployment(database: Database, deployment: Deployment): Promise<void> {
  const { previousVersion, at, ...columns } = deployment;
  await database.insert('deployments', [{ ...columns, previous_version: previousVersion, at: isoTime(at) }]);
}

function toDeployment({ previous_version, at_ms, ...row }: DeploymentRow): Deployment {
  return { ...row, previousVersion: previous_version, at: at_ms };
}
