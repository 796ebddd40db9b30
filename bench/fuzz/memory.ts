import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';

v8.setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** The caches of the collectors are bounded, but take millions of inputs to fill; a leak takes more than this. */
const ALLOWED_GROWTH_BYTES = 96 * 1024 ** 2;

/** Watches what stays on the heap after garbage is collected. */
export class MemoryWatch {
  readonly #samples: number[] = [];

  sample(): void {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    this.#samples.push(heapUsed + external);
  }

  /** Halfway: what is growing without bounds does so in the second half, too. */
  get firstBytes(): number {
    return this.#samples[this.#samples.length >> 1] ?? 0;
  }

  get lastBytes(): number {
    return this.#samples.at(-1) ?? 0;
  }

  get isGrowing(): boolean {
    return this.lastBytes - this.firstBytes > ALLOWED_GROWTH_BYTES;
  }
}
