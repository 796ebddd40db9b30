const INITIAL_INTS = 64 * 1024;

/** Where things stand in a body, as numbers: cheaper than an object each. Written once, then read by the views. */
export class Tape {
  #ints = new Int32Array(INITIAL_INTS);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** Room for some numbers. @returns where it begins */
  reserve(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#ints.length) {
      const grown = new Int32Array(Math.max(needed, this.#ints.length * 2));
      grown.set(this.#ints);
      this.#ints = grown;
    }
    this.#length = needed;
    return at;
  }

  set(at: number, value: number): void {
    this.#ints[at] = value;
  }

  get(at: number): number {
    return this.#ints[at] ?? 0;
  }

  /** Gives back what was reserved since. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** The numbers so far, copied out. What one huge request needed is not kept for the small ones after it. */
  take(): Int32Array {
    const taken = this.#ints.slice(0, this.#length);
    if (this.#ints.length > INITIAL_INTS * 16) this.#ints = new Int32Array(INITIAL_INTS);
    this.#length = 0;
    return taken;
  }
}
