import { randomWords } from '../../detectors/behaviour/seeded-random.js';

/** Everything a scenario draws, from its seed alone. */
export class Draws {
  readonly #next: () => number;

  constructor(seed: number, stream: number) {
    this.#next = randomWords(seed, stream);
  }

  /** Uniform on [0, 1). */
  uniform(): number {
    return this.#next() / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }

  /** Log-normal with the given median: durations and lengths as services have them. */
  logNormal(median: number, sigma: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * this.uniform()));
  }

  /** Arrivals in an interval that has `mean` of them on average. Knuth's method, in steps that do not underflow. */
  poisson(mean: number): number {
    let left = mean;
    let count = 0;
    while (left > 0) {
      const part = Math.min(left, 500);
      left -= part;
      for (let product = this.uniform(); product > Math.exp(-part); product *= this.uniform()) count++;
    }
    return count;
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.#next().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }
}
