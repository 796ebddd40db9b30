import type { Uniform } from './random.js';

/** Tables of cumulative probabilities, one for each (n, rate) that a simulation meets; made when first asked for. */
const tables = new Map<string, Float64Array>();

/** A sampler of Binomial(n, rate) by inversion of its table: for rates that stay the same over many draws. */
export function binomialSampler(n: number, rate: number): (uniform: Uniform) => number {
  const key = `${n} ${rate}`;
  const table = tables.get(key) ?? cumulativeBinomial(n, rate);
  tables.set(key, table);
  return (uniform) => drawFrom(table, uniform());
}

/** The first index whose cumulative probability exceeds u. */
export function drawFrom(cumulative: Float64Array, u: number): number {
  const last = cumulative.length - 1;
  let index = 0;
  while (index < last && u >= (cumulative[index] ?? 1)) index++;
  return index;
}

/** One draw of Binomial(n, rate), for rates that change with every draw; for n · rate up to some hundreds. */
export function drawBinomial(n: number, rate: number, uniform: Uniform): number {
  if (n === 0 || rate <= 0) return 0;
  if (rate >= 1) return n;
  const odds = rate / (1 - rate);
  let left = uniform();
  let probability = Math.exp(n * Math.log1p(-rate));
  for (let k = 0; k < n; k++) {
    if (left < probability) return k;
    left -= probability;
    probability *= (odds * (n - k)) / (k + 1);
  }
  return n;
}

function cumulativeBinomial(n: number, rate: number): Float64Array {
  const cumulative = new Float64Array(n + 1);
  if (rate >= 1) return cumulative.fill(1, n);
  let probability = Math.exp(n * Math.log1p(-rate));
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    sum += probability;
    cumulative[k] = sum;
    probability *= ((rate / (1 - rate)) * (n - k)) / (k + 1);
  }
  return cumulative;
}
