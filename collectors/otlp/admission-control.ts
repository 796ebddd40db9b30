import { setTimeout as sleep } from 'node:timers/promises';
import { LeewayError } from '../../src/model/index.js';
import { MAX_DECODED_BYTES } from './limits.js';

/** Bytes of bodies that are being received, inflated and read at once, over all transports together: two of the largest. */
export const MAX_IN_FLIGHT_BYTES = 2 * MAX_DECODED_BYTES;
/**
 * While the oldest request has waited for this long, no more are taken: exporters give up after 10 s, and what is then
 * read of their bodies is read in vain, while they send the same again.
 */
export const MAX_WAIT_MS = 2_000;
/** Fewer bytes than this do not keep each other waiting: it is a client that is slow. */
export const FEW_BYTES = 16 * 1024 ** 2;

/** What cannot be taken yet is held back for this long before it is refused, well within the 10 s of exporters. */
export const MAX_HOLD_MS = 3_000;
/** Not all that is held back asks again at once. */
const HOLD_STEP_MS = { least: 150, most: 350 };

/** The bytes of one request. */
export interface Admission {
  /** More of it came than was known before. @throws LeewayError LEEWAY_BUSY when there is no room for it, or it is over */
  grow(bytes: number): void;
  /** It is over. Once is enough, more often does no harm. */
  release(): void;
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
  /** When each was admitted, oldest first. */
  readonly #since = new Map<Admission, number>();
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
    const refusal = this.#refusal();
    if (refusal !== null) throw refusal;
    this.#refuseWhileLate();
  }

  /** @throws LeewayError as {@link check}, and LEEWAY_BUSY when there is no room for it */
  admit(bytes: number): Admission {
    this.check();
    let held = 0;
    let isOver = false;
    const grow = (more: number) => {
      if (isOver) throw new LeewayError('LEEWAY_BUSY', 'the request is over: its client has gone');
      if (this.#bytes + more > this.#limitBytes)
        throw new LeewayError('LEEWAY_BUSY', `${this.#bytes} bytes are being received already; send the request again`);
      this.#bytes += more;
      held += more;
    };
    const release = () => {
      isOver = true;
      this.#bytes -= held;
      held = 0;
      this.#since.delete(admission);
    };
    const admission: Admission = { grow, release };
    grow(bytes);
    this.#since.set(admission, this.#now());
    return admission;
  }

  /**
   * As {@link admit}, but what there is no room for yet is held back, and refused only when that does not change. Nothing of
   * it is read meanwhile, so that its sender waits too. A refusal at once would be cheap to say and dear to hear: many
   * clients send the whole of a body before they listen, and then all of it again.
   * @param isGone does nobody wait for the answer any more?
   */
  async admitOrHold(bytes: number, isGone: () => boolean): Promise<Admission> {
    const deadline = this.#now() + this.#holdMs;
    for (;;) {
      try {
        return this.admit(bytes);
      } catch (error) {
        if (isGone() || this.#now() >= deadline) throw error;
      }
      await sleep(HOLD_STEP_MS.least + Math.random() * (HOLD_STEP_MS.most - HOLD_STEP_MS.least));
    }
  }

  #refuseWhileLate(): void {
    if (this.#bytes <= Math.min(FEW_BYTES, this.#limitBytes)) return;
    const [oldest] = this.#since.values();
    if (oldest === undefined || this.#now() - oldest <= MAX_WAIT_MS) return;
    const waited = `${((this.#now() - oldest) / 1000).toFixed(1)} s`;
    throw new LeewayError('LEEWAY_BUSY', `a request has been waiting for ${waited}; send this one again later`);
  }
}
