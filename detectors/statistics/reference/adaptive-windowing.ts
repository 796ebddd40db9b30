/** Why this is a reference only: see `page-hinkley.ts`. Its bound holds for one cut, not for all looks together. */
export interface AdaptiveWindowing {
  readonly delta: number;
  /** Units between two looks. */
  readonly clock: number;
  /** Buckets of one size before the two oldest are merged. */
  readonly maxBuckets: number;
  readonly minWindowLength: number;
  readonly gracePeriod: number;
  /** Older versions of River never moved a size's newest bucket to the old side. */
  readonly skipNewestBucketOfEachSize?: boolean;
}

/** Sum and squared deviations of 2^row units. */
interface Bucket {
  readonly total: number;
  readonly deviations: number;
}

/**
 * Indices at which ADWIN finds that an older part of its window differs from the newer; it starts anew after each.
 * Source: Bifet & Gavaldà, SDM 2007; variance as in Babcock et al., PODS 2003; conventions of River.
 */
export function adaptiveWindowingAlarms(stream: readonly number[], options: AdaptiveWindowing): number[] {
  const alarms: number[] = [];
  let window = new ExponentialWindow(options);
  for (const [index, value] of stream.entries()) {
    if (window.add(value)) {
      alarms.push(index);
      window = new ExponentialWindow(options);
    }
  }
  return alarms;
}

/** A window as buckets of 1, 2, 4, … units: rows by size, oldest bucket of a row first. */
class ExponentialWindow {
  readonly #options: AdaptiveWindowing;
  readonly #rows: Bucket[][] = [[]];
  #width = 0;
  #total = 0;
  #deviations = 0;
  #ticks = 0;

  constructor(options: AdaptiveWindowing) {
    this.#options = options;
  }

  /** Whether the window had to drop old units after this value. */
  add(value: number): boolean {
    this.#insert(value);
    this.#ticks += 1;
    if (this.#ticks % this.#options.clock !== 0 || this.#width <= this.#options.gracePeriod) return false;
    let changed = false;
    while (this.#hasCut()) {
      changed = true;
      this.#dropOldest();
    }
    return changed;
  }

  #insert(value: number): void {
    if (this.#width > 0) {
      const distance = value - this.#total / this.#width;
      this.#deviations += (this.#width * distance * distance) / (this.#width + 1);
    }
    this.#width += 1;
    this.#total += value;
    this.#rows[0]?.push({ total: value, deviations: 0 });
    this.#compress();
  }

  #compress(): void {
    for (let row = 0; row < this.#rows.length; row++) {
      const buckets = this.#rows[row];
      if (buckets === undefined || buckets.length <= this.#options.maxBuckets) return;
      const [first, second] = buckets.splice(0, 2);
      if (first === undefined || second === undefined) return;
      const size = 2 ** row;
      const next = this.#rows[row + 1] ?? [];
      this.#rows[row + 1] = next;
      const deviations = first.deviations + second.deviations + (first.total - second.total) ** 2 / (2 * size);
      next.push({ total: first.total + second.total, deviations });
    }
  }

  /** Whether the window can be cut so that the means of both sides differ more than chance allows. */
  #hasCut(): boolean {
    const old = { size: 0, total: 0 };
    for (let row = this.#rows.length - 1; row >= 0; row--) {
      const buckets = this.#rows[row] ?? [];
      const considered = this.#options.skipNewestBucketOfEachSize === true ? buckets.slice(0, -1) : buckets;
      for (const bucket of considered) {
        old.size += 2 ** row;
        old.total += bucket.total;
        if (this.#differs(old.size, old.total)) return true;
      }
    }
    return false;
  }

  #differs(oldSize: number, oldTotal: number): boolean {
    const { minWindowLength, delta } = this.#options;
    const newSize = this.#width - oldSize;
    if (oldSize < minWindowLength || newSize < minWindowLength) return false;
    const distance = Math.abs(oldTotal / oldSize - (this.#total - oldTotal) / newSize);
    const confidence = Math.log((2 * Math.log(this.#width)) / delta);
    const reciprocal = 1 / (oldSize - minWindowLength + 1) + 1 / (newSize - minWindowLength + 1);
    const variance = this.#deviations / this.#width;
    return distance > Math.sqrt(2 * reciprocal * variance * confidence) + (2 / 3) * confidence * reciprocal;
  }

  #dropOldest(): void {
    const row = this.#rows.length - 1;
    const bucket = this.#rows[row]?.shift();
    if (bucket === undefined) return;
    const size = 2 ** row;
    this.#width -= size;
    this.#total -= bucket.total;
    const distance = bucket.total / size - this.#total / this.#width;
    this.#deviations -= bucket.deviations + (size * this.#width * distance * distance) / (size + this.#width);
    if (this.#rows[row]?.length === 0 && row > 0) this.#rows.pop();
  }
}
