import { LeewayError } from '../../src/model/index.js';
import { MAX_DECODED_BYTES } from './limits.js';
import { RecentSum } from './recent-sum.js';

/** Bytes of bodies that are being received, inflated and read at once, over all transports together: two of the largest. */
export const MAX_IN_FLIGHT_BYTES = 2 * MAX_DECODED_BYTES;
/**
 * No more is let in than was done within this time before, so that by Little's law nobody waits much longer for his turn:
 * exporters give up after 10 s, and what is then read of their bodies is read in vain, while they send the same again.
 */
export const MAX_WAIT_MS = 2_000;
/** So much is let in whatever was done before. */
export const FEW_BYTES = 16 * 1024 ** 2;

/** What cannot be taken yet is held back for this long before it is refused, well within the 10 s of exporters. */
export const MAX_HOLD_MS = 3_000;
/** How often those that are held back are looked at, beside whenever a request ends. */
const HOLD_STEP_MS = 100;

/** The bytes of one request. */
export interface Admission {
  /** More of it came than was known before. @throws LeewayError LEEWAY_BUSY when there is no room for it, or it is over */
  grow(bytes: number): void;
  /** It is over. Once is enough, more often does no harm. */
  release(): void;
}

/** A request that is held back. */
interface Held {
  readonly bytes: number;
  readonly deadline: number;
  readonly isGone: () => boolean;
  readonly resolve: (admission: Admission) => void;
  readonly reject: (why: LeewayError) => void;
}

export interface AdmissionControlOptions {
  readonly limitBytes?: number;
  /** How long to hold back; {@link MAX_HOLD_MS} unless told otherwise. */
  readonly holdMs?: number;
  /** Milliseconds on a clock that only goes forward. */
  readonly now?: () => number;
  /** Why whatever came now could not be kept, however small; `null` when it can. */
  readonly refusal?: () => LeewayError | null;
}

/**
 * Who may come in. Bodies are held in memory whole: however many exporters come at once, they find a limit and not the end
 * of memory; and what would be read in vain is refused before it is read.
 */
export class AdmissionControl {
  #bytes = 0;
  #requests = 0;
  /** Bytes of what was done within the last {@link MAX_WAIT_MS}. */
  readonly #done = new RecentSum(MAX_WAIT_MS);
  /** First come, first served. */
  readonly #held: Held[] = [];
  #step: NodeJS.Timeout | null = null;
  readonly #limitBytes: number;
  readonly #holdMs: number;
  readonly #now: () => number;
  readonly #refusal: () => LeewayError | null;

  constructor({
    limitBytes = MAX_IN_FLIGHT_BYTES,
    holdMs = MAX_HOLD_MS,
    now = () => performance.now(),
    refusal = () => null,
  }: AdmissionControlOptions = {}) {
    this.#limitBytes = limitBytes;
    this.#holdMs = holdMs;
    this.#now = now;
    this.#refusal = refusal;
  }

  /** Before any of a request is read. @throws LeewayError LEEWAY_BUSY or that of `refusal` when it would be in vain */
  check(): void {
    const problem = this.#problem(0);
    if (problem !== null) throw problem;
  }

  /** @throws LeewayError as {@link check}, and LEEWAY_BUSY when there is no room for it */
  admit(bytes: number): Admission {
    const problem = this.#problem(bytes);
    if (problem !== null) throw problem;
    return this.#take(bytes);
  }

  /**
   * As {@link admit}, but what there is no room for yet is held back, and refused only when that does not change. Nothing of
   * it is read meanwhile, so that its sender waits too. A refusal at once would be cheap to say and dear to hear: many
   * clients send the whole of a body before they listen, and then all of it again.
   * @param isGone does nobody wait for the answer any more?
   */
  admitOrHold(bytes: number, isGone: () => boolean): Promise<Admission> {
    return new Promise((resolve, reject) => {
      this.#held.push({ bytes, deadline: this.#now() + this.#holdMs, isGone, resolve, reject });
      this.#serveHeld();
    });
  }

  /** Takes those for which there is room, in their order, and refuses those that have waited long enough. */
  #serveHeld(): void {
    const held = this.#held;
    for (let first = held[0]; first !== undefined; first = held[0]) {
      const problem = this.#problem(first.bytes);
      if (problem !== null && this.#now() < first.deadline && !first.isGone()) break;
      held.shift();
      if (problem === null) first.resolve(this.#take(first.bytes));
      else first.reject(problem);
    }
    if (held.length === 0 || this.#step !== null) return;
    this.#step = setTimeout(() => {
      this.#step = null;
      this.#serveHeld();
    }, HOLD_STEP_MS);
  }

  #take(bytes: number): Admission {
    let held = 0;
    let isOver = false;
    const grow = (more: number) => {
      if (isOver) throw new LeewayError('LEEWAY_BUSY', 'the request is over: its client has gone');
      if (this.#bytes + more > this.#limitBytes) throw this.#full();
      this.#bytes += more;
      held += more;
    };
    const release = () => {
      if (isOver) return;
      isOver = true;
      this.#bytes -= held;
      this.#requests--;
      this.#done.add(this.#now(), held);
      this.#serveHeld();
    };
    grow(bytes);
    this.#requests++;
    return { grow, release };
  }

  #problem(bytes: number): LeewayError | null {
    const refusal = this.#refusal();
    if (refusal !== null) return refusal;
    // One request alone may be larger than what was done lately.
    const most = this.#requests === 0 ? this.#limitBytes : Math.max(FEW_BYTES, this.#done.at(this.#now()));
    return this.#bytes + bytes > Math.min(most, this.#limitBytes) ? this.#full() : null;
  }

  #full(): LeewayError {
    return new LeewayError('LEEWAY_BUSY', `${this.#bytes} bytes are being received already; send the request again`);
  }
}
