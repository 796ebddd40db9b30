import { requireFailureCounts, requireFiniteValues } from '../counts.js';
import type { ChiSquaredTest } from '../reference/contingency-table.js';
import { chiSquaredSurvival } from '../special/chi-squared.js';
import { inverse, times } from './linear-system.js';

/** Keeps estimates finite when a combination never fails; too small to be seen in them otherwise. */
export const DEFAULT_RIDGE = 1e-3;

const MAX_ITERATIONS = 100;
const CONVERGED = 1e-10;

/** Halvings of a step that would make the fit worse. */
const MAX_HALVINGS = 30;

/** Counts of one combination of stratum and surfaces, with its row of the design (intercepts included by the caller). */
export interface DesignedCounts {
  readonly row: readonly number[];
  readonly n: number;
  readonly failures: number;
}

/** A fitted model logit P(failure) = row · coefficients. */
export interface GroupedLogistic {
  readonly kind: 'fitted';
  readonly coefficients: readonly number[];
  readonly standardErrors: readonly number[];
  /** Without the constant ln C(n, k). */
  readonly logLikelihood: number;
  /** Twice the distance to the model that fits every combination exactly. */
  readonly deviance: number;
  /** False when a combination that never (or always) fails drives an estimate to infinity; a ridge prevents it. */
  readonly converged: boolean;
}

/** The columns of the design depend on each other: several sets of coefficients fit alike. */
export interface NotIdentifiable {
  readonly kind: 'not_identifiable';
}

/**
 * Logistic regression on counts by Newton's method (IRLS), with a ridge penalty ½ λ Σ β². Its cost grows with the number of
 * combinations, never with that of spans. A fixed-sample estimate for display and for `shapley`, no verdict.
 * @param ridge λ for each column (give 0 to intercepts), or one for all; 0 is maximum likelihood
 * @throws RangeError naming a bad count, or rows of unequal length.
 */
export function groupedLogistic(
  cells: readonly DesignedCounts[],
  ridge: number | readonly number[] = 0,
): GroupedLogistic | NotIdentifiable {
  const width = requireCells(cells);
  const penalties = Array.from({ length: width }, (_, j) => (typeof ridge === 'number' ? ridge : (ridge[j] ?? 0)));
  let coefficients = new Array<number>(width).fill(0);
  // All weights are n/4 here, so that a singular matrix is the design's fault and no ridge may hide it.
  const atZero = inverse(derivatives(cells, coefficients, new Array<number>(width).fill(0)).information);
  if (atZero === null) return { kind: 'not_identifiable' };
  let covariance = atZero;
  for (let iteration = 1; iteration <= MAX_ITERATIONS; iteration++) {
    const { gradient, information } = derivatives(cells, coefficients, penalties);
    const inverted = inverse(information);
    if (inverted === null) break;
    covariance = inverted;
    const next = improved(cells, coefficients, times(covariance, gradient), penalties);
    const moved = Math.max(...next.map((value, j) => Math.abs(value - (coefficients[j] ?? 0))));
    coefficients = next;
    if (moved < CONVERGED) return fitted(cells, coefficients, covariance, true);
  }
  return fitted(cells, coefficients, covariance, false);
}

function requireCells(cells: readonly DesignedCounts[]): number {
  const width = cells[0]?.row.length ?? 0;
  if (width === 0) throw new RangeError('cells must hold at least one row with one column');
  for (const [index, cell] of cells.entries()) {
    requireFailureCounts(`cells[${index}]`, cell);
    requireFiniteValues(`cells[${index}].row`, cell.row);
    if (cell.row.length !== width) throw new RangeError(`cells[${index}].row must have ${width} columns`);
  }
  return width;
}

function fitted(
  cells: readonly DesignedCounts[],
  coefficients: readonly number[],
  covariance: readonly (readonly number[])[],
  converged: boolean,
): GroupedLogistic {
  const logLikelihood = logLikelihoodOf(cells, coefficients);
  return {
    kind: 'fitted',
    coefficients,
    standardErrors: covariance.map((row, j) => Math.sqrt(row[j] ?? Number.NaN)),
    logLikelihood,
    deviance: Math.max(0, 2 * (saturatedLogLikelihood(cells) - logLikelihood)),
    converged,
  };
}

function derivatives(
  cells: readonly DesignedCounts[],
  coefficients: readonly number[],
  penalties: readonly number[],
): { gradient: number[]; information: number[][] } {
  const gradient = coefficients.map((value, j) => -(penalties[j] ?? 0) * value);
  const information = coefficients.map((_, i) => coefficients.map((_, j) => (i === j ? (penalties[i] ?? 0) : 0)));
  for (const { row, n, failures } of cells) {
    const rate = predictedRate(row, coefficients);
    const weight = n * rate * (1 - rate);
    for (const [i, x] of row.entries()) {
      gradient[i] = (gradient[i] ?? 0) + x * (failures - n * rate);
      const line = information[i];
      if (line !== undefined) for (const [j, z] of row.entries()) line[j] = (line[j] ?? 0) + weight * x * z;
    }
  }
  return { gradient, information };
}

/** The full Newton step, halved until the penalised likelihood does not fall. */
function improved(
  cells: readonly DesignedCounts[],
  from: readonly number[],
  step: readonly number[],
  penalties: readonly number[],
): number[] {
  const objective = (at: readonly number[]): number =>
    logLikelihoodOf(cells, at) - at.reduce((sum, value, j) => sum + ((penalties[j] ?? 0) * value * value) / 2, 0);
  const before = objective(from);
  for (let halving = 0, size = 1; halving < MAX_HALVINGS; halving++, size /= 2) {
    const next = from.map((value, j) => value + size * (step[j] ?? 0));
    if (objective(next) >= before) return next;
  }
  return [...from];
}

/** P(failure) that the model gives a row of the design. */
export function predictedRate(row: readonly number[], coefficients: readonly number[]): number {
  return 1 / (1 + Math.exp(-row.reduce((sum, x, j) => sum + x * (coefficients[j] ?? 0), 0)));
}

function logLikelihoodOf(cells: readonly DesignedCounts[], coefficients: readonly number[]): number {
  let sum = 0;
  for (const { row, n, failures } of cells) {
    const score = row.reduce((total, x, j) => total + x * (coefficients[j] ?? 0), 0);
    // ln(1 + e^score) without overflow
    sum += failures * score - n * (Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))));
  }
  return sum;
}

function saturatedLogLikelihood(cells: readonly DesignedCounts[]): number {
  let sum = 0;
  for (const { n, failures } of cells) {
    if (failures > 0) sum += failures * Math.log(failures / n);
    if (failures < n) sum += (n - failures) * Math.log(1 - failures / n);
  }
  return sum;
}

/** Likelihood ratio test of a model against one with more columns: do the additional ones (interactions) matter? */
export function likelihoodRatioTest(smaller: GroupedLogistic, larger: GroupedLogistic): ChiSquaredTest {
  const degreesOfFreedom = larger.coefficients.length - smaller.coefficients.length;
  if (degreesOfFreedom < 1) throw new RangeError('larger must have more columns than smaller');
  const statistic = Math.max(0, smaller.deviance - larger.deviance);
  return { statistic, degreesOfFreedom, p: chiSquaredSurvival(statistic, degreesOfFreedom) };
}
