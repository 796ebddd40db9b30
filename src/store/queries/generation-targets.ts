import type { TargetKey } from '../../model/index.js';
import type { Database } from '../database.js';

export interface GenerationTarget extends TargetKey {
  readonly traceId: string;
  readonly responseId: string;
}

/** Whose calls these traces and responses are. Reads the granules of `generations` that their bloom filters let through. */
export async function generationTargets(
  database: Database,
  ids: { readonly traceIds: readonly string[]; readonly responseIds: readonly string[] },
): Promise<GenerationTarget[]> {
  const traceIds = ids.traceIds.filter((id) => id !== '');
  const responseIds = ids.responseIds.filter((id) => id !== '');
  if (traceIds.length + responseIds.length === 0) return [];
  return database.query<GenerationTarget>(
    `SELECT DISTINCT trace_id AS traceId, response_id AS responseId, service, environment, operation
     FROM generations
     WHERE trace_id IN {traceIds:Array(String)} OR response_id IN {responseIds:Array(String)}`,
    { traceIds, responseIds },
  );
}
