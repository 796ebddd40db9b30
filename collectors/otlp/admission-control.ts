import { LeewayError } from '../../src/model/index.js';
import { MAX_DECODED_BYTES } from './limits.js';
import { RecentSum } from './recent-sum.js';
import { expectedBytes, type Upload } from './upload.js';

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
/** How often those that are held back, and those on their way, are looked at, beside whenever a request ends. */
const STEP_MS = 100;

/** The bytes of one request. */
export interface Admission {
  /** More of it came than was known before. @throws LeewayError LEEWAY_BUSY when there is no room for it, or it is over */
  grow(bytes: number): void;
  /** It is over. Once is enough, more often does no harm. */
  release(): void;
}

/** A request that is held back. */
interface Held {
  readonly upload: Upload;
  readonly deadline: number;
  readonly resolve: (admission: Admission) => void;
  readonly reject: (why: LeewayError) => void;
}

/** A request that was let in. */
interface Entry {
  readonly since: number;
  /** Beyond what the upload declared. */
  grownBytes: number;
  countedBytes: number;
  isOver: boolean;
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
 * of memory; and what would be read in vain is refused before it is read. An upload counts for what it will soon have
 * brought: who only promises much, and sends it slowly, keeps nobody out.
 */
export class AdmissionControl {
  #bytes = 0;
  #requests = 0;
  /** What is on its way, oldest first, and what of it once counted for less than it declared. */
  readonly #uploads = new Map<Entry, Upload>();
  readonly #slow = new Map<Entry, Upload>();
  #recountedAt = Number.NEGATIVE_INFINITY;
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

  /** A request that is there. @throws LeewayError as {@link check}, and LEEWAY_BUSY when there is no room for it */
  admit(bytes: number): Admission {
    const problem = this.#problem(bytes);
    if (problem !== null) throw problem;
    return this.#take(bytes, null);
  }

  /**
   * Lets an upload begin. One for which there is no room yet is held back, and refused only when that does not change.
   * Nothing of it is read meanwhile, so that its sender waits too. A refusal at once would be cheap to say and dear to hear:
   * many clients send the whole of a body before they listen, and then all of it again.
   */
  admitOrHold(upload: Upload): Promise<Admission> {
    return new Promise((resolve, reject) => {
      this.#held.push({ upload, deadline: this.#now() + this.#holdMs, resolve, reject });
      this.#serveHeld();
    });
  }

  /** Takes those for which there is room, in their order, and refuses those that have waited long enough. */
  #serveHeld(): void {
    const held = this.#held;
    for (let first = held[0]; first !== undefined; first = held[0]) {
      const { upload, deadline, resolve, reject } = first;
      const problem = this.#problem(upload.bytes);
      if (problem !== null && this.#now() < deadline && !upload.isGone()) break;
      held.shift();
      if (problem === null) resolve(this.#take(upload.bytes, upload));
      else reject(problem);
    }
    if (this.#step !== null || (held.length === 0 && this.#uploads.size === 0)) return;
    this.#step = setTimeout(() => {
      this.#step = null;
      this.#recount();
      this.#serveHeld();
    }, STEP_MS);
  }

  #take(bytes: number, upload: Upload | null): Admission {
    const entry: Entry = { since: this.#now(), grownBytes: 0, countedBytes: bytes, isOver: false };
    this.#bytes += bytes;
    this.#requests++;
    if (bytes > 0 && upload !== null) this.#uploads.set(entry, upload);
    const grow = (more: number) => {
      if (entry.isOver) throw new LeewayError('LEEWAY_BUSY', 'the request is over: its client has gone');
      if (this.#bytes + more > this.#limitBytes) throw this.#full();
      entry.grownBytes += more;
      this.#count(entry, entry.countedBytes + more);
    };
    const release = () => {
      if (entry.isOver) return;
      this.#end(entry);
      this.#serveHeld();
    };
    return { grow, release };
  }

  #end(entry: Entry): void {
    const upload = this.#uploads.get(entry);
    const missing = upload === undefined ? 0 : upload.bytes - upload.arrivedBytes();
    this.#done.add(this.#now(), Math.max(0, entry.countedBytes - missing));
    this.#count(entry, 0);
    this.#uploads.delete(entry);
    this.#slow.delete(entry);
    this.#requests--;
    entry.isOver = true;
  }

  #count(entry: Entry, bytes: number): void {
    this.#bytes += bytes - entry.countedBytes;
    entry.countedBytes = bytes;
  }

  /** Uploads count for what they will have brought within {@link MAX_WAIT_MS}. */
  #recount(): void {
    const now = this.#now();
    this.#recountedAt = now;
    for (const [entry, upload] of this.#uploads) {
      const expected = expectedBytes(upload, now - entry.since, MAX_WAIT_MS);
      this.#count(entry, entry.grownBytes + expected);
      if (expected < upload.bytes) this.#slow.set(entry, upload);
    }
    this.#cutSlow();
    for (const [entry, upload] of this.#uploads) {
      if (upload.arrivedBytes() < upload.bytes) continue;
      this.#uploads.delete(entry);
      this.#slow.delete(entry);
    }
  }

  /** They were let in beside each other since they were slow. Where they are not any more, the newest must come again. */
  #cutSlow(): void {
    for (const [entry, upload] of [...this.#slow].reverse()) {
      if (this.#bytes <= this.#limitBytes) return;
      this.#end(entry);
      upload.cut();
    }
  }

  #problem(bytes: number): LeewayError | null {
    const refusal = this.#refusal();
    if (refusal !== null) return refusal;
    if (this.#now() - this.#recountedAt >= STEP_MS) this.#recount();
    // One request alone may be larger than what was done lately.
    const most =
      this.#requests === this.#slow.size ? this.#limitBytes : Math.max(FEW_BYTES, this.#done.at(this.#now()));
    return this.#bytes + bytes > Math.min(most, this.#limitBytes) ? this.#full() : null;
  }

  #full(): LeewayError {
    return new LeewayError('LEEWAY_BUSY', `${this.#bytes} bytes are being received already; send the request again`);
  }
}
