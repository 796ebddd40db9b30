import type { TargetKey } from '../../model/index.js';
import type { Database } from '../database.js';

/** The target of an id, or `null` when nothing was ever seen of it. Reads the target's rows of `vectors`. */
export async function targetOf(database: Database, targetId: string): Promise<TargetKey | null> {
  const rows = await database.query<TargetKey>(
    `SELECT service, environment, operation FROM vectors WHERE target_id = {targetId:String} LIMIT 1`,
    { targetId },
  );
  return rows[0] ?? null;
}
