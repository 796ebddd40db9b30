import type { Database } from '../database.js';

/** The sampled fingerprint of one output. */
export interface StoredFingerprint {
  /** First second of its bucket (Unix). */
  readonly bucket: number;
  readonly vectorId: string;
  /** Tag of the arm; `shadow` serves nobody. */
  readonly arm: string;
  readonly stratum: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Trace or span id of the call that a shadow call repeats; empty for others. */
  readonly shadowOf: string;
  readonly features: number[];
}

const COLUMNS = `toUnixTimestamp(bucket) AS bucket, vector_id AS vectorId, arm, stratum, trace_id AS traceId,
  span_id AS spanId, shadow_of AS shadowOf, fingerprint AS features`;

export interface FingerprintWindow {
  readonly targetId: string;
  /** Unix seconds: `from <= bucket < until`. */
  readonly from: number;
  readonly until: number;
  /** Of the fingerprint; rows of other versions are measured differently. */
  readonly version: string;
  readonly limit: number;
}

/** Fingerprints of a target's outputs, in order of bucket and trace. Reads the target's rows of the window. */
export async function readFingerprints(database: Database, window: FingerprintWindow): Promise<StoredFingerprint[]> {
  return database.query<StoredFingerprint>(
    `SELECT ${COLUMNS} FROM (
       SELECT *, bucket FROM generations
       WHERE target_id = {targetId:String} AND bucket >= toDateTime({from:Int64}, 'UTC')
         AND bucket < toDateTime({until:Int64}, 'UTC') AND fingerprint_version = {version:String}
       ORDER BY revision DESC LIMIT 1 BY trace_id, span_id)
     ORDER BY bucket, traceId, spanId LIMIT {limit:UInt32}`,
    { ...window },
  );
}

/** The calls that shadow calls repeat, by trace or span id. Reads the granules that the bloom filters let through. */
export async function readShadowed(
  database: Database,
  { targetId, ids, version }: { targetId: string; ids: readonly string[]; version: string },
): Promise<StoredFingerprint[]> {
  if (ids.length === 0) return [];
  return database.query<StoredFingerprint>(
    `SELECT ${COLUMNS} FROM (
       SELECT *, bucket FROM generations
       WHERE target_id = {targetId:String} AND arm != 'shadow' AND fingerprint_version = {version:String}
         AND (trace_id IN {ids:Array(String)} OR span_id IN {ids:Array(String)})
       ORDER BY revision DESC LIMIT 1 BY trace_id, span_id)
     ORDER BY bucket, traceId, spanId`,
    { targetId, ids: [...ids], version },
  );
}
