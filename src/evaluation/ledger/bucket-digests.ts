import { BUCKET_SECONDS } from '../../model/index.js';

const INITIAL_BUCKETS = 1024;

/** One 32-bit digest a bucket, 0 for a bucket that has nothing: four bytes for ten seconds of history. */
export class BucketDigests {
  readonly #since: number;
  #digests = new Uint32Array(INITIAL_BUCKETS);

  /** @param since first bucket that is ever asked for */
  constructor(since: number) {
    this.#since = since;
  }

  get(bucket: number): number {
    return this.#digests[this.#indexOf(bucket)] ?? 0;
  }

  set(bucket: number, digest: number): void {
    const index = this.#indexOf(bucket);
    if (index >= this.#digests.length) {
      const longer = new Uint32Array(Math.max(index + 1, this.#digests.length * 2));
      longer.set(this.#digests);
      this.#digests = longer;
    }
    this.#digests[index] = digest;
  }

  #indexOf(bucket: number): number {
    const index = (bucket - this.#since) / BUCKET_SECONDS;
    if (!Number.isInteger(index) || index < 0) throw new RangeError(`${bucket} is no bucket since ${this.#since}`);
    return index;
  }
}
