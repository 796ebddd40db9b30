import { empiricalSteps } from './empirical-distributions.js';

/** Matrix order up to which the one-sample distribution is computed exactly; the limit law is used beyond. */
const LARGEST_EXACT_ORDER = 140;

/**
 * Kolmogorov-Smirnov distance: the largest difference of the two distribution functions, 0 to 1.
 * @throws RangeError naming a value that is not finite, or an empty sample.
 */
export function kolmogorovSmirnov(reference: readonly number[], current: readonly number[]): number {
  return empiricalSteps(reference, current).reduce(
    (largest, step) => Math.max(largest, Math.abs(step.reference - step.current)),
    0,
  );
}

/**
 * P(D >= d) for two samples of sizes n and m of one continuous distribution, exactly: the share of lattice paths from
 * (0, 0) to (n, m) that leave the band |i/n - j/m| < d. Costs n·m; beyond 10,000 SciPy takes the asymptotic one.
 */
export function kolmogorovSmirnovExact(distance: number, n: number, m: number): number {
  const limit = Math.round(distance * n * m);
  const inside = (i: number, j: number): boolean => Math.abs(i * m - j * n) < limit;
  const column = new Float64Array(m + 1);
  for (let j = 0; j <= m; j++) column[j] = j === 0 || (inside(0, j) && column[j - 1] === 1) ? 1 : 0;
  for (let i = 1; i <= n; i++) {
    // The last step to (i, j) came from (i-1, j) in a share i/(i+j) of all paths, else from (i, j-1).
    for (let j = 0; j <= m; j++) {
      const left = ((column[j] ?? 0) * i) / (i + j);
      const below = j === 0 ? 0 : ((column[j - 1] ?? 0) * j) / (i + j);
      column[j] = inside(i, j) ? left + below : 0;
    }
  }
  return limit <= 0 ? 1 : 1 - (column[m] ?? 0);
}

/**
 * P(D >= d) from the one-sample distribution at the effective size n m / (n + m), as SciPy's asymptotic method does.
 */
export function kolmogorovSmirnovAsymptotic(distance: number, n: number, m: number): number {
  const size = Math.round((n * m) / (n + m));
  return Math.min(1, Math.max(0, 1 - oneSampleCdf(size, distance)));
}

/** P(D_n < d) (Marsaglia, Tsang & Wang, Journal of Statistical Software 2003); beyond its reach the limit law. */
function oneSampleCdf(n: number, d: number): number {
  if (d >= 1) return 1;
  const k = Math.floor(n * d) + 1;
  const order = 2 * k - 1;
  if (order > LARGEST_EXACT_ORDER) return limitCdf(Math.sqrt(n) * d);
  const h = k - n * d;
  const { matrix, exponent } = matrixPower(bandMatrix(order, h), order, n);
  let value = matrix[(k - 1) * order + k - 1] ?? 0;
  let scale = exponent;
  for (let i = 1; i <= n; i++) {
    value *= i / n;
    if (value < 1e-140) {
      value *= 1e140;
      scale -= 140;
    }
  }
  return value * 10 ** scale;
}

function bandMatrix(order: number, h: number): Float64Array {
  const matrix = new Float64Array(order * order);
  const set = (i: number, j: number, value: number): void => {
    matrix[i * order + j] = value;
  };
  for (let i = 0; i < order; i++) for (let j = 0; j <= Math.min(order - 1, i + 1); j++) set(i, j, 1);
  for (let i = 0; i < order; i++) {
    set(i, 0, 1 - h ** (i + 1));
    set(order - 1, i, 1 - h ** (order - i));
  }
  set(order - 1, 0, 1 - 2 * h ** order + Math.max(0, 2 * h - 1) ** order);
  for (let i = 0; i < order; i++) {
    for (let j = 0; j <= Math.min(order - 1, i + 1); j++) {
      for (let g = 1; g <= i - j + 1; g++) set(i, j, (matrix[i * order + j] ?? 0) / g);
    }
  }
  return matrix;
}

interface ScaledMatrix {
  readonly matrix: Float64Array;
  /** Power of ten the matrix is to be multiplied by. */
  readonly exponent: number;
}

function matrixPower(matrix: Float64Array, order: number, power: number): ScaledMatrix {
  if (power === 1) return { matrix, exponent: 0 };
  const half = matrixPower(matrix, order, Math.floor(power / 2));
  const square = multiply(half.matrix, half.matrix, order);
  const whole = power % 2 === 0 ? square : multiply(matrix, square, order);
  const exponent = 2 * half.exponent;
  const centre = whole[Math.floor(order / 2) * order + Math.floor(order / 2)] ?? 0;
  if (centre <= 1e140) return { matrix: whole, exponent };
  return { matrix: whole.map((value) => value * 1e-140), exponent: exponent + 140 };
}

function multiply(a: Float64Array, b: Float64Array, order: number): Float64Array {
  const product = new Float64Array(order * order);
  for (let i = 0; i < order; i++) {
    for (let k = 0; k < order; k++) {
      const factor = a[i * order + k] ?? 0;
      if (factor === 0) continue;
      for (let j = 0; j < order; j++) {
        product[i * order + j] = (product[i * order + j] ?? 0) + factor * (b[k * order + j] ?? 0);
      }
    }
  }
  return product;
}

/** Kolmogorov's limit law: 1 - 2 Σ (-1)^(j-1) exp(-2 j² x²). */
function limitCdf(x: number): number {
  let sum = 0;
  for (let j = 1; j <= 100; j++) {
    const term = Math.exp(-2 * j * j * x * x);
    sum += j % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return 1 - 2 * sum;
}
