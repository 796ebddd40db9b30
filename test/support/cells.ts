import { type Cell, SURFACES, type VersionValues, vectorId } from '../../src/model/index.js';
import type { Database } from '../../src/store/index.js';

/** Counts as a test writes them. */
export type CellCounts = Pick<Cell, 'vectorId' | 'metric' | 'n' | 'failures'> &
  Partial<Pick<Cell, 'stratum' | 'arm' | 'scoreSum' | 'progress'>>;

/** Publishes the counts of one bucket, as the closer does after it has counted. */
export async function publishBucket(
  database: Database,
  {
    targetId,
    bucket,
    revision,
    cells,
  }: { targetId: string; bucket: number; revision: number; cells: readonly CellCounts[] },
): Promise<void> {
  await writeCells(database, { targetId, bucket, revision, cells });
  const generations = cells.reduce(
    (sum, { metric, n, progress }) => (metric === 'errors' && progress === undefined ? sum + n : sum),
    0,
  );
  await database.insert('bucket_closes', [
    {
      target_id: targetId,
      bucket,
      revision,
      generations,
      with_sessions: cells.some(({ progress }) => progress !== undefined),
      newest_loaded_at: new Date(revision).toISOString(),
      closed_at: new Date(revision).toISOString(),
    },
  ]);
}

/** Counts that no close has published yet. */
export async function writeCells(
  database: Database,
  {
    targetId,
    bucket,
    revision,
    cells,
  }: { targetId: string; bucket: number; revision: number; cells: readonly CellCounts[] },
): Promise<void> {
  const row = ({ vectorId, metric, n, failures, stratum = '0-4k', arm = '', scoreSum = n - failures }: CellCounts) => ({
    target_id: targetId,
    bucket,
    metric,
    stratum,
    vector_id: vectorId,
    arm,
    n,
    failures,
    score_sum: scoreSum,
    revision,
  });
  const ofSessions = cells.filter(({ progress }) => progress !== undefined);
  await database.insert('cells', cells.filter(({ progress }) => progress === undefined).map(row));
  if (ofSessions.length > 0)
    await database.insert(
      'session_cells',
      ofSessions.map((cell) => ({ ...row(cell), progress: cell.progress })),
    );
}

/** Makes a vector known, as its first call would. @returns its id */
export async function makeVector(
  database: Database,
  { targetId, values, firstSeen }: { targetId: string; values: VersionValues; firstSeen: number },
): Promise<string> {
  const id = vectorId(values);
  await database.insert('vectors', [
    {
      target_id: targetId,
      vector_id: id,
      service: 'support-bot',
      environment: 'test',
      operation: targetId,
      ...Object.fromEntries(
        SURFACES.flatMap((surface) => [
          [`${surface}_version`, values[surface]],
          [`${surface}_source`, values[surface] === '' ? 'missing' : 'tagged'],
        ]),
      ),
      first_seen: new Date(firstSeen * 1000).toISOString(),
      last_seen: new Date(firstSeen * 1000).toISOString(),
    },
  ]);
  return id;
}
