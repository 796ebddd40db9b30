const SLOTS = 20;

/** The sum of what was added within the last while, in a few slots of time: however much is added, it takes no more room. */
export class RecentSum {
  readonly #slotMs: number;
  /** One more than the window has: the oldest is only partly in it. */
  readonly #sums = new Float64Array(SLOTS + 1);
  #newest = 0;

  constructor(windowMs: number) {
    this.#slotMs = windowMs / SLOTS;
  }

  /** @param nowMs milliseconds on a clock that only goes forward */
  add(nowMs: number, amount: number): void {
    this.#advance(nowMs);
    const index = this.#newest % this.#sums.length;
    this.#sums[index] = (this.#sums[index] ?? 0) + amount;
  }

  /** Also of what is older by less than a slot, a twentieth of the window. */
  at(nowMs: number): number {
    this.#advance(nowMs);
    return this.#sums.reduce((sum, amount) => sum + amount, 0);
  }

  #advance(nowMs: number): void {
    const slot = Math.floor(nowMs / this.#slotMs);
    for (let next = Math.max(this.#newest + 1, slot - SLOTS); next <= slot; next++)
      this.#sums[next % this.#sums.length] = 0;
    this.#newest = Math.max(this.#newest, slot);
  }
}
