import { LeewayError } from '../../src/model/index.js';

/** Bytes of bodies that are being received, inflated and read at once, over all transports together. */
const MAX_IN_FLIGHT_BYTES = 256 * 1024 ** 2;

/** The bytes of one request. */
export interface Admission {
  /** More of it came than was known before. @throws LeewayError LEEWAY_BUSY when there is no room for it */
  grow(bytes: number): void;
  /** It is over. Once is enough, more often does no harm. */
  release(): void;
}

/** Bodies are held in memory whole: however many exporters come at once, they find a limit and not the end of memory. */
export class BytesInFlight {
  #bytes = 0;

  constructor(private readonly limitBytes: number = MAX_IN_FLIGHT_BYTES) {}

  /** @throws LeewayError LEEWAY_BUSY when there is no room for it */
  admit(bytes: number): Admission {
    let held = 0;
    const grow = (more: number) => {
      if (this.#bytes + more > this.limitBytes)
        throw new LeewayError('LEEWAY_BUSY', `${this.#bytes} bytes are being received already; send the request again`);
      this.#bytes += more;
      held += more;
    };
    const release = () => {
      this.#bytes -= held;
      held = 0;
    };
    grow(bytes);
    return { grow, release };
  }
}
