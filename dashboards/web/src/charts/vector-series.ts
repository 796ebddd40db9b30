import { SURFACES, type VectorSummary } from '../api/index.js';
import { versionText } from '../format.js';

/** Colours that stay apart for most eyes; later vectors share the last one. */
const SERIES_COUNT = 7;

/** The colour class of each vector: by first appearance, so that a vector keeps its colour while traffic moves. */
export function vectorSeries(vectors: readonly VectorSummary[]): ReadonlyMap<string, string> {
  const ordered = [...vectors].sort(
    (a, b) => a.firstSeen.localeCompare(b.firstSeen) || a.vectorId.localeCompare(b.vectorId),
  );
  return new Map(ordered.map((vector, index) => [vector.vectorId, `series-${Math.min(index, SERIES_COUNT - 1)}`]));
}

/** Only the surfaces on which the vectors differ tell them apart. */
export function distinguishingName(vector: VectorSummary, vectors: readonly VectorSummary[]): string {
  const differing = SURFACES.filter(
    (surface) => new Set(vectors.map((other) => other.versions[surface].value)).size > 1,
  );
  const shown = differing.length > 0 ? differing : SURFACES.filter((surface) => vector.versions[surface].value !== '');
  return (
    shown.map((surface) => `${surface} ${versionText(vector.versions[surface])}`).join(' · ') || 'no known version'
  );
}
