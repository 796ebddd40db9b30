import { SURFACES, type Surface, type VersionValues } from '../model/index.js';

/** Serving traffic (shadow calls left out) of one version vector of a target. */
export interface VectorTraffic {
  readonly values: VersionValues;
  /** First bucket in which it was ever seen, over all that is stored and not only the recent window. */
  readonly firstBucket: number;
  /** Recent counts, one a bucket, in any order. */
  readonly buckets: readonly { readonly bucket: number; readonly n: number }[];
}

/**
 * A surface is settled when this many values make up this share of recent traffic. One that needs more is the digest of
 * changing content, not a version; versions of the past and a tail of rare ones do not unsettle a surface.
 */
const MAX_SETTLED_VALUES = 8;
const SETTLED_SHARE = 0.9;

/** The surfaces whose values are versions: few enough to be told apart as arms. */
function settledSurfaces(traffic: readonly VectorTraffic[]): Surface[] {
  return SURFACES.filter((surface) => {
    const counts = new Map<string, number>();
    for (const { values, buckets } of traffic) {
      const n = buckets.reduce((sum, bucket) => sum + bucket.n, 0);
      counts.set(values[surface], (counts.get(values[surface]) ?? 0) + n);
    }
    const descending = [...counts.values()].sort((a, b) => b - a);
    const total = descending.reduce((sum, n) => sum + n, 0);
    const top = descending.slice(0, MAX_SETTLED_VALUES).reduce((sum, n) => sum + n, 0);
    return top >= SETTLED_SHARE * total;
  });
}

/** Adds up vectors that differ only on surfaces that never settle; those surfaces read '' afterwards. */
export function mergeUnsettled(traffic: readonly VectorTraffic[]): VectorTraffic[] {
  const settled = settledSurfaces(traffic);
  const merged = new Map<string, VectorTraffic>();
  for (const vector of traffic) {
    const values = onlySurfaces(vector.values, settled);
    const key = JSON.stringify(SURFACES.map((surface) => values[surface]));
    const before = merged.get(key);
    merged.set(key, {
      values,
      firstBucket: Math.min(before?.firstBucket ?? Number.POSITIVE_INFINITY, vector.firstBucket),
      buckets: [...(before?.buckets ?? []), ...vector.buckets],
    });
  }
  return [...merged.values()];
}

function onlySurfaces(values: VersionValues, surfaces: readonly Surface[]): VersionValues {
  const keep = (surface: Surface): string => (surfaces.includes(surface) ? values[surface] : '');
  return { model: keep('model'), prompt: keep('prompt'), tools: keep('tools'), context: keep('context') };
}

/** Generations with `from <= bucket < until`. */
export function generationsBetween(traffic: VectorTraffic, from: number, until: number): number {
  return traffic.buckets.reduce((sum, { bucket, n }) => (bucket >= from && bucket < until ? sum + n : sum), 0);
}
