import type { ChiSquaredTest } from '../reference/contingency-table.js';
import {
  DEFAULT_RIDGE,
  type DesignedCounts,
  type GroupedLogistic,
  groupedLogistic,
  likelihoodRatioTest,
  predictedRate,
} from './grouped-logistic.js';
import { rank } from './linear-system.js';
import { shapley } from './shapley.js';

/** Pairs of surfaces enter the model when they matter this clearly. */
const PAIRS_BELOW_P = 0.01;

/** Counts of one combination of surfaces within one stratum: which of them had been changed when these units came. */
export interface SurfaceCell<Surface extends string> {
  readonly stratum: string;
  readonly changed: readonly Surface[];
  readonly n: number;
  readonly failures: number;
}

/** How much of the change of the failure rate each surface accounts for. */
export interface Attribution<Surface extends string> {
  readonly kind: 'attributed';
  /** Failure rate with all surfaces changed minus with none, at the observed mix of strata; the sum of `bySurface`. */
  readonly total: number;
  readonly bySurface: ReadonlyMap<Surface, number>;
  /** Log odds ratio of each changed surface alone. */
  readonly logOddsRatios: ReadonlyMap<Surface, number>;
  /** Do pairs of surfaces act other than one by one? `null` when the combinations seen cannot tell. */
  readonly interactions: ChiSquaredTest | null;
}

/** The data cannot tell the surfaces apart; these arms could. */
export interface Unattributable<Surface extends string> {
  readonly kind: 'not_identifiable';
  /** Surfaces that never changed apart from one another. */
  readonly confounded: readonly Surface[];
  /** Arms to run: each holds all changes but one. */
  readonly revertOneArms: readonly { readonly reverted: Surface; readonly changed: readonly Surface[] }[];
}

/**
 * Which surface did it, from all combinations in the history: logit P = stratum + Σ surface (+ pairs, if they matter), then exact
 * Shapley values of the predicted rates. Model-based; arms that revert one surface each measure the same.
 * @throws RangeError naming a count that is not one, or when there are no cells.
 */
export function attributeToSurfaces<Surface extends string>(
  surfaces: readonly Surface[],
  cells: readonly SurfaceCell<Surface>[],
): Attribution<Surface> | Unattributable<Surface> {
  const seen = cells.filter(({ n }) => n > 0);
  if (seen.length === 0) throw new RangeError('cells must hold at least one unit');
  const strata = [...new Set(seen.map(({ stratum }) => stratum))];
  const mainEffects = design(surfaces, strata, []);
  const alone = modelOf(seen, mainEffects, DEFAULT_RIDGE);
  if (alone.kind === 'not_identifiable') return unattributable(surfaces, strata, seen);
  const interactions = interactionTest(surfaces, strata, seen);
  const withPairs = interactions !== null && interactions.p < PAIRS_BELOW_P;
  const columns = withPairs ? design(surfaces, strata, pairsOf(surfaces)) : mainEffects;
  const paired = withPairs ? modelOf(seen, columns, DEFAULT_RIDGE) : alone;
  const coefficients = (paired.kind === 'fitted' ? paired : alone).coefficients;
  const total = seen.reduce((sum, { n }) => sum + n, 0);
  const rate = (changed: readonly Surface[]): number =>
    seen.reduce(
      (sum, { stratum, n }) => sum + (n / total) * predictedRate(columns.row(stratum, changed), coefficients),
      0,
    );
  const bySurface = shapley(surfaces, rate);
  return {
    kind: 'attributed',
    total: rate(surfaces) - rate([]),
    bySurface,
    logOddsRatios: new Map(surfaces.map((surface, j) => [surface, coefficients[strata.length + j] ?? 0])),
    interactions,
  };
}

interface Design<Surface extends string> {
  readonly strata: number;
  readonly row: (stratum: string, changed: readonly Surface[]) => number[];
}

function design<Surface extends string>(
  surfaces: readonly Surface[],
  strata: readonly string[],
  pairs: readonly (readonly [Surface, Surface])[],
): Design<Surface> {
  return {
    strata: strata.length,
    row: (stratum, changed) => [
      ...strata.map((name) => (name === stratum ? 1 : 0)),
      ...surfaces.map((surface) => (changed.includes(surface) ? 1 : 0)),
      ...pairs.map(([a, b]) => (changed.includes(a) && changed.includes(b) ? 1 : 0)),
    ],
  };
}

function modelOf<Surface extends string>(
  cells: readonly SurfaceCell<Surface>[],
  { row, strata }: Design<Surface>,
  ridge: number,
): ReturnType<typeof groupedLogistic> {
  const designed: DesignedCounts[] = cells.map(({ stratum, changed, n, failures }) => ({
    row: row(stratum, changed),
    n,
    failures,
  }));
  const width = designed[0]?.row.length ?? 0;
  // The base rates of the strata are not shrunk.
  return groupedLogistic(
    designed,
    Array.from({ length: width }, (_, j) => (j < strata ? 0 : ridge)),
  );
}

function interactionTest<Surface extends string>(
  surfaces: readonly Surface[],
  strata: readonly string[],
  cells: readonly SurfaceCell<Surface>[],
): ChiSquaredTest | null {
  const pairs = pairsOf(surfaces);
  if (pairs.length === 0) return null;
  const smaller = modelOf(cells, design(surfaces, strata, []), 0);
  const larger = modelOf(cells, design(surfaces, strata, pairs), 0);
  return isFitted(smaller) && isFitted(larger) ? likelihoodRatioTest(smaller, larger) : null;
}

function pairsOf<Surface extends string>(surfaces: readonly Surface[]): (readonly [Surface, Surface])[] {
  return surfaces.flatMap((a, i) => surfaces.slice(i + 1).map((b) => [a, b] as const));
}

function isFitted(model: ReturnType<typeof groupedLogistic>): model is GroupedLogistic {
  return model.kind === 'fitted';
}

function unattributable<Surface extends string>(
  surfaces: readonly Surface[],
  strata: readonly string[],
  cells: readonly SurfaceCell<Surface>[],
): Unattributable<Surface> {
  const confounded = confoundedSurfaces(surfaces, strata, cells);
  return {
    kind: 'not_identifiable',
    confounded,
    revertOneArms: confounded.map((reverted) => ({
      reverted,
      changed: surfaces.filter((surface) => surface !== reverted),
    })),
  };
}

/** Surfaces whose changes always came together with a combination of others (or with all traffic, or with none). */
function confoundedSurfaces<Surface extends string>(
  surfaces: readonly Surface[],
  strata: readonly string[],
  cells: readonly SurfaceCell<Surface>[],
): Surface[] {
  const ofStratum = strata.map((name) => cells.map(({ stratum }) => (stratum === name ? 1 : 0)));
  const ofSurface = surfaces.map((surface) => cells.map(({ changed }) => (changed.includes(surface) ? 1 : 0)));
  const whole = rank([...ofStratum, ...ofSurface]);
  return surfaces.filter((_, j) => rank([...ofStratum, ...ofSurface.filter((_, k) => k !== j)]) === whole);
}
