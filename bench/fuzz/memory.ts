import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';

v8.setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Before this many samples caches are still filling. */
const WARM_UP_SAMPLES = 4;
/** The caches of the collectors are bounded; this much they may still take after the warm-up. */
const ALLOWED_GROWTH_BYTES = 96 * 1024 ** 2;

/** Watches what stays on the heap after garbage is collected. */
export class MemoryWatch {
  readonly #samples: number[] = [];

  sample(): void {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    this.#samples.push(heapUsed + external);
  }

  get firstBytes(): number {
    return this.#samples[Math.min(WARM_UP_SAMPLES, this.#samples.length - 1)] ?? 0;
  }

  get lastBytes(): number {
    return this.#samples.at(-1) ?? 0;
  }

  get isGrowing(): boolean {
    return this.lastBytes - this.firstBytes > ALLOWED_GROWTH_BYTES;
  }
}
