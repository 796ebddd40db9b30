import type { VectorSummary } from '../api.js';

/** Colours that stay apart for most eyes; later vectors share the last one. */
const SERIES_COUNT = 7;

/** The colour class of each vector: by first appearance, so that a vector keeps its colour while traffic moves. */
export function vectorSeries(vectors: readonly VectorSummary[]): ReadonlyMap<string, string> {
  const ordered = [...vectors].sort(
    (a, b) => a.firstSeen.localeCompare(b.firstSeen) || a.vectorId.localeCompare(b.vectorId),
  );
  return new Map(ordered.map((vector, index) => [vector.vectorId, `series-${Math.min(index, SERIES_COUNT - 1)}`]));
}
