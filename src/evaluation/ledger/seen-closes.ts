import type { ClosedBucket } from '../../store/queries/closes.js';

/**
 * Closes may become visible this much out of the order of their revisions: hosts close side by side, each by its own
 * clock, and a revision is taken before its counts are written.
 */
const OVERLAP_MS = 300_000;

/** Which closes of a target have been taken in. */
export class SeenCloses {
  /** Revision by bucket, of closes that are asked for again. */
  readonly #recent = new Map<number, number>();
  #newest = 0;

  /** Closes with a higher revision are to be asked for. */
  get askAfter(): number {
    return this.#newest - OVERLAP_MS;
  }

  isNew({ bucket, revision }: ClosedBucket): boolean {
    return this.#recent.get(bucket) !== revision;
  }

  add(closes: readonly ClosedBucket[]): void {
    for (const { bucket, revision } of closes) {
      this.#recent.set(bucket, revision);
      this.#newest = Math.max(this.#newest, revision);
    }
    for (const [bucket, revision] of this.#recent) if (revision <= this.askAfter) this.#recent.delete(bucket);
  }
}
