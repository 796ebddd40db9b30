import { requireBetween, requirePositive } from '../counts.js';

/** Bounds of the search for the best mixture precision, in ln g. */
const LOWEST_LOG_PRECISION = -12;
const HIGHEST_LOG_PRECISION = 20;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const SEARCH_STEPS = 100;

/** A linear model's test: degrees of freedom of the residuals, units, and the precision g of the mixture. */
export interface MixtureTest {
  readonly residualDegrees: number;
  readonly n: number;
  readonly precision: number;
}

/**
 * ln of the Bayes factor against "the d coefficients are 0", from the F statistic (t² for one coefficient). An e-process
 * under normal errors. Kept as a reference: counts and exceedances need no such assumption.
 * Source: Lindon, Ham, Tingley & Bojinov, "Anytime-valid linear models" (arXiv 2210.08589); R package avlm.
 */
export function logBayesFactor(statistic: number, test: MixtureTest, coefficients = 1): number {
  requirePositive('residualDegrees', test.residualDegrees);
  requirePositive('precision', test.precision);
  const { residualDegrees: nu, n, precision: g } = test;
  const shrink = g / (g + n);
  const scaled = (coefficients * statistic) / nu;
  return (
    (coefficients / 2) * Math.log(shrink) -
    ((nu + coefficients) / 2) * (Math.log1p(shrink * scaled) - Math.log1p(scaled))
  );
}

/** Standard errors either side of an estimate that its anytime-valid interval reaches. */
export function studentRadius(test: MixtureTest, alpha: number): number {
  requireBetween('alpha', alpha, 0, 1);
  const { residualDegrees: nu, n, precision: g } = test;
  const shrink = g / (g + n);
  const power = (shrink * alpha * alpha) ** (1 / (nu + 1));
  return Math.sqrt((nu * (1 - power)) / Math.max(0, power - shrink));
}

/** {@link studentRadius} when the variance is known. */
export function normalRadius(n: number, precision: number, alpha: number): number {
  requireBetween('alpha', alpha, 0, 1);
  return Math.sqrt((Math.log((precision + n) / (precision * alpha * alpha)) * (n + precision)) / n);
}

/** The precision with the smallest radius at n units. */
export function bestPrecision(n: number, residualDegrees: number, alpha: number): number {
  const radius = (logPrecision: number): number =>
    studentRadius({ n, residualDegrees, precision: Math.exp(logPrecision) }, alpha);
  let low = LOWEST_LOG_PRECISION;
  let high = HIGHEST_LOG_PRECISION;
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const left = high - GOLDEN * (high - low);
    const right = low + GOLDEN * (high - low);
    if (radius(left) <= radius(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}
