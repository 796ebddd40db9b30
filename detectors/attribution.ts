import {
  formatPoints,
  formatRate,
  type MetricAttribution,
  type Rollout,
  type SeenVector,
  type StratumShare,
  SURFACES,
  type Surface,
  type SurfaceAttribution,
  type VectorCounts,
  type VersionValues,
  wordList,
} from '../src/model/index.js';
import { kitagawa } from './statistics/attribution/kitagawa.js';
import { attributeToSurfaces, type SurfaceCell } from './statistics/attribution/surface-model.js';

export type AttributedRollout = Pick<Rollout, 'baseline' | 'candidate' | 'changed'>;

/** One vector's counts with the surfaces on which it has the candidate's version. */
interface PlacedCounts extends SurfaceCell<Surface> {
  /** The stratum without the other surfaces' versions. */
  readonly place: string;
}

/**
 * Why does a metric differ between the arms: which surface did it, was it the mix of requests, and where? Pure.
 * Vectors that have a third version on a changed surface are left out. `null` while an arm has no units in a common stratum.
 * @param counts of the metric, in the time of the rollout
 */
export function attributeDifference(
  rollout: AttributedRollout,
  metric: string,
  counts: readonly VectorCounts[],
  vectors: readonly SeenVector[],
): MetricAttribution | null {
  const placed = counts
    .filter((one) => one.metric === metric && one.n > 0)
    .flatMap((one) => placedIn(rollout, one, vectors));
  const strata = stratumShares(rollout.changed, placed);
  if (strata === null) return null;
  const surfaces = surfacesOf(rollout.changed, placed);
  const { total, mix, behaviour, shares } = strata;
  return { metric, sentence: sentenceOf(surfaces, strata), surfaces, total, mix, behaviour, strata: shares };
}

function placedIn(
  { baseline, candidate, changed }: AttributedRollout,
  { vectorId, stratum, n, failures }: VectorCounts,
  vectors: readonly SeenVector[],
): PlacedCounts[] {
  const values = vectors.find((vector) => vector.vectorId === vectorId)?.values;
  if (values === undefined) return [];
  const isKnown = changed.every(
    (surface) => values[surface] === candidate[surface] || values[surface] === baseline[surface],
  );
  if (!isKnown) return [];
  const own = changed.filter((surface) => values[surface] === candidate[surface]);
  return [{ place: stratum, stratum: `${stratum} ${unchangedOf(values, changed)}`, changed: own, n, failures }];
}

function unchangedOf(values: VersionValues, changed: readonly Surface[]): string {
  return SURFACES.filter((surface) => !changed.includes(surface))
    .map((surface) => values[surface])
    .join(' ');
}

function surfacesOf(changed: readonly Surface[], cells: readonly PlacedCounts[]): SurfaceAttribution {
  const [only] = changed;
  if (changed.length === 1 && only !== undefined) return { kind: 'single', surface: only };
  const answer = attributeToSurfaces(changed, cells);
  if (answer.kind === 'not_identifiable') return answer;
  return { kind: 'attributed', total: answer.total, bySurface: Object.fromEntries(answer.bySurface) };
}

interface Strata {
  readonly total: number;
  readonly mix: number;
  readonly behaviour: number;
  readonly shares: readonly StratumShare[];
}

/** Both arms by stratum, whole arms only: all changed surfaces new, or none. */
function stratumShares(changed: readonly Surface[], cells: readonly PlacedCounts[]): Strata | null {
  const places = [...new Set(cells.map(({ place }) => place))].sort();
  const arm = (place: string, size: number) =>
    cells
      .filter((cell) => cell.place === place && cell.changed.length === size)
      .reduce((sum, { n, failures }) => ({ n: sum.n + n, failures: sum.failures + failures }), { n: 0, failures: 0 });
  const both = places
    .map((stratum) => ({ stratum, baseline: arm(stratum, 0), candidate: arm(stratum, changed.length) }))
    .filter(({ baseline, candidate }) => baseline.n > 0 && candidate.n > 0);
  if (both.length === 0) return null;
  const all = (pick: (one: (typeof both)[number]) => number) => both.reduce((sum, one) => sum + pick(one), 0);
  const baselineN = all(({ baseline }) => baseline.n);
  const candidateN = all(({ candidate }) => candidate.n);
  const split = kitagawa({
    baselineShares: both.map(({ baseline }) => baseline.n / baselineN),
    baselineRates: both.map(({ baseline }) => baseline.failures / baseline.n),
    candidateShares: both.map(({ candidate }) => candidate.n / candidateN),
    candidateRates: both.map(({ candidate }) => candidate.failures / candidate.n),
  });
  const shares = both
    .map((one, index) => ({ ...one, behaviour: split.behaviourByStratum[index] ?? 0 }))
    .sort((a, b) => Math.abs(b.behaviour) - Math.abs(a.behaviour));
  return { total: split.total, mix: split.mix, behaviour: split.behaviour, shares };
}

function sentenceOf(surfaces: SurfaceAttribution, { total, mix, behaviour, shares }: Strata): string {
  const split =
    Math.abs(mix) > Math.abs(behaviour)
      ? `Most of the ${formatPoints(total)} points come from other requests (${formatPoints(mix)}), not from other answers (${formatPoints(behaviour)})`
      : `${formatPoints(behaviour)} of the ${formatPoints(total)} points come from other answers to the same kind of requests, ${formatPoints(mix)} from other requests`;
  const [first] = shares;
  const where =
    first === undefined || shares.length < 2
      ? ''
      : `; most of it at a context size of ${first.stratum}, where ${formatRate(first.candidate.failures / first.candidate.n)} fail ` +
        `instead of ${formatRate(first.baseline.failures / first.baseline.n)}`;
  return `${surfaceWords(surfaces)} ${split}${where}.`;
}

function surfaceWords(surfaces: SurfaceAttribution): string {
  switch (surfaces.kind) {
    case 'single':
      return `Only the ${surfaces.surface} was changed.`;
    case 'attributed': {
      const parts = Object.entries(surfaces.bySurface).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
      return `${wordList(parts.map(([surface, part]) => `${surface} ${formatPoints(part)}`))} points, from traffic in which they changed apart.`;
    }
    case 'not_identifiable':
      return (
        `${sentenceStart(wordList([...surfaces.confounded]))} always changed together, so traffic cannot tell which did it; run an arm with ` +
        `${wordList(surfaces.revertOneArms.map(({ reverted }) => `only ${reverted} taken back`))}.`
      );
  }
}

function sentenceStart(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
