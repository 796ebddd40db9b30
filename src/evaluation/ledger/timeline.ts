/** Something that can be copied and then goes its own way. */
export interface Cloneable<Self> {
  clone(): Self;
}

/** Every position of this much time before the newest is kept. */
const FULL_SECONDS = 30;

/**
 * How far apart copies may be that are as old as this: within the newest half minute each bucket has one, then the gaps grow
 * with the age, so that going back by some time costs at most about twice that time, and days need a few dozen copies.
 */
function spacingAt(ageSeconds: number): number {
  return ageSeconds <= FULL_SECONDS ? 0 : ageSeconds;
}

interface Kept<State> {
  readonly position: number;
  readonly state: State;
}

/** A state that moves along buckets and can be taken back to before any of them. */
export class Timeline<State extends Cloneable<State>> {
  readonly #start: () => State;
  /** Copies of earlier states, oldest first; never changed. */
  #kept: Kept<State>[] = [];
  #now: State;
  #position = Number.NEGATIVE_INFINITY;

  /** @param start makes the state before the first bucket */
  constructor(start: () => State) {
    this.#start = start;
    this.#now = start();
  }

  /** The newest bucket that is in the state. */
  get position(): number {
    return this.#position;
  }

  get state(): State {
    return this.#now;
  }

  /** Copies that are held, the newest state included. */
  get size(): number {
    return this.#kept.length + 1;
  }

  /**
   * Moves the state over a bucket.
   * @param bucket later than the position
   * @param end the bucket where this run of moves will end: copies that would be thinned out by then are not made
   */
  advance(bucket: number, end: number, move: (state: State) => void): void {
    if (bucket <= this.#position) throw new RangeError(`bucket ${bucket} is not after ${this.#position}`);
    const gap = this.#position - (this.#kept.at(-1)?.position ?? Number.NEGATIVE_INFINITY);
    if (Number.isFinite(this.#position) && gap > 0 && gap >= spacingAt(end - this.#position)) {
      this.#kept.push({ position: this.#position, state: this.#now.clone() });
      this.#thin(end);
    }
    move(this.#now);
    this.#position = bucket;
  }

  /** Takes the state back to before a bucket, at a copy or at the start; the position says from where to go on. */
  rewind(bucket: number): void {
    if (bucket > this.#position) return;
    this.#kept = this.#kept.filter(({ position }) => position < bucket);
    const last = this.#kept.at(-1);
    this.#now = last === undefined ? this.#start() : last.state.clone();
    this.#position = last?.position ?? Number.NEGATIVE_INFINITY;
  }

  #thin(end: number): void {
    for (let index = this.#kept.length - 2; index > 0; index--) {
      const newer = this.#kept[index + 1];
      const older = this.#kept[index - 1];
      if (newer === undefined || older === undefined) return;
      if (newer.position - older.position <= spacingAt(end - newer.position)) this.#kept.splice(index, 1);
    }
  }
}
