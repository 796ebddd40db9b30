import { Webhook, WebhookVerificationError } from 'standardwebhooks';

/** What became of one webhook call. */
export type HookResult =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'already' }
  | { readonly kind: 'fresh'; readonly id: string; readonly payload: unknown };

export interface HookStats {
  /** Calls, whatever their fate. */
  readonly received: number;
  /** Calls whose signature or timestamp did not verify. */
  readonly refused: number;
  /** Verified calls that were answered 503 by the fault switch. */
  readonly unavailable: number;
  /** Verified calls that were acted on: one an id. */
  readonly accepted: number;
  /** Verified calls with an id that had been accepted before. */
  readonly repeated: number;
  /** Different ids among all verified calls, also those that were answered 503. */
  readonly distinctIds: number;
}

export interface HookOptions {
  /** `whsec_…` */
  readonly secret: string;
  /** Answers 503 for this long after the first verified call. */
  readonly failForSeconds: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Ids are remembered for longer than anyone retries: an example forgets nothing, and refuses to grow without end. */
const MAX_REMEMBERED_IDS = 100_000;

/**
 * The receiving side of a signed webhook (Standard Webhooks 1.0): verifies, recognises a repeated `webhook-id`, counts.
 * A call that was answered 503 has not happened: its id is new the next time.
 */
export class RollbackHook {
  readonly #webhook: Webhook;
  readonly #options: HookOptions;
  readonly #seen = new Set<string>();
  readonly #accepted = new Set<string>();
  #failUntil = 0;
  #received = 0;
  #refused = 0;
  #unavailable = 0;
  #repeated = 0;

  constructor(options: HookOptions) {
    this.#options = options;
    this.#webhook = new Webhook(options.secret);
  }

  get stats(): HookStats {
    return {
      received: this.#received,
      refused: this.#refused,
      unavailable: this.#unavailable,
      accepted: this.#accepted.size,
      repeated: this.#repeated,
      distinctIds: this.#seen.size,
    };
  }

  /** @param body the bytes as they came, before any parser: the signature is over them */
  receive(body: string, headers: Record<string, string>): HookResult {
    this.#received += 1;
    let payload: unknown;
    try {
      payload = this.#webhook.verify(body, headers);
    } catch (error) {
      if (!(error instanceof WebhookVerificationError || error instanceof SyntaxError)) throw error;
      this.#refused += 1;
      return { kind: 'refused', reason: error.message };
    }
    return this.#admit(headers['webhook-id'] ?? '', payload);
  }

  /** To be called once the pointer has moved: from now on the id is a repetition. */
  accept(id: string): void {
    this.#accepted.add(id);
  }

  #admit(id: string, payload: unknown): HookResult {
    const now = this.#options.now();
    if (this.#seen.size === 0) this.#failUntil = now + this.#options.failForSeconds * 1_000;
    if (this.#seen.size >= MAX_REMEMBERED_IDS && !this.#seen.has(id))
      return { kind: 'refused', reason: 'too many different ids' };
    this.#seen.add(id);
    if (now < this.#failUntil) {
      this.#unavailable += 1;
      return { kind: 'unavailable' };
    }
    if (this.#accepted.has(id)) {
      this.#repeated += 1;
      return { kind: 'already' };
    }
    return { kind: 'fresh', id, payload };
  }
}
