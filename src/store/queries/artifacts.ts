import type { Artifact, ArtifactKind } from '../../model/index.js';
import type { Database } from '../database.js';

/** Digests asked for at once; a trace rarely runs with more than a handful. */
export const MAX_ARTIFACTS = 200;

export interface StoredArtifact extends Artifact {
  /** Milliseconds since the Unix epoch. */
  readonly firstSeen: number;
}

interface ArtifactRow {
  readonly digest: string;
  readonly kind: ArtifactKind;
  readonly content: string;
  readonly first_seen_ms: number;
}

/** Artifacts by digest, unknown digests left out. Reads one granule of `artifacts` a digest (its sorting key). */
export async function readArtifacts(database: Database, digests: readonly string[]): Promise<StoredArtifact[]> {
  if (digests.length === 0) return [];
  const rows = await database.query<ArtifactRow>(
    `SELECT digest, kind, content, toUnixTimestamp64Milli(first_seen) AS first_seen_ms
     FROM artifacts WHERE digest IN {digests:Array(String)}
     ORDER BY digest, first_seen LIMIT 1 BY digest`,
    { digests: digests.slice(0, MAX_ARTIFACTS) },
  );
  return rows.map(({ first_seen_ms, ...artifact }) => ({ ...artifact, firstSeen: first_seen_ms }));
}
