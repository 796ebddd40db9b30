import { LeewayError } from '../../src/model/index.js';

/** Lets a number of callers through at once and keeps the others in line, first come, first served. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(
    private readonly places: number,
    private readonly maxWaiting: number,
  ) {}

  /**
   * Resolves when it is the caller's turn.
   * @returns what ends the turn; once is enough, more often does no harm
   * @throws LeewayError LEEWAY_BUSY when too many wait already
   */
  async take(): Promise<() => void> {
    if (this.#taken < this.places) this.#taken++;
    else {
      if (this.#waiting.length >= this.maxWaiting)
        throw new LeewayError('LEEWAY_BUSY', `${this.#waiting.length} requests wait already; send the request again`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const next = this.#waiting.shift();
      if (next === undefined) this.#taken--;
      else next();
    };
  }
}
