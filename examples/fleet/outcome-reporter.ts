import { setTimeout as delay } from 'node:timers/promises';

/** Whether a ticket was handled well, as people find out later. */
export interface TicketOutcome {
  readonly traceId: string;
  readonly spanId: string;
  readonly value: 'success' | 'failure';
}

const REPORT_INTERVAL_MS = 500;
const MAX_BATCH = 500;
/** Beyond this the oldest are given up and counted: a reporter must not eat the memory of what it reports on. */
const MAX_QUEUED = 20_000;
const REQUEST_TIMEOUT_MS = 5_000;
const FINAL_ATTEMPTS = 5;

/** Sends outcomes to Leeway's API in batches; a batch that was not accepted is sent again with the next. */
export class OutcomeReporter {
  readonly #url: string;
  #queue: TicketOutcome[] = [];
  #sending = Promise.resolve();
  readonly #timer: NodeJS.Timeout;
  sent = 0;
  lost = 0;
  lastError = '';

  constructor(leewayUrl: string) {
    this.#url = `${leewayUrl}/api/v1/outcomes`;
    this.#timer = setInterval(() => this.#flush(), REPORT_INTERVAL_MS);
  }

  add(outcome: TicketOutcome): void {
    this.#queue.push(outcome);
    if (this.#queue.length > MAX_QUEUED) {
      this.#queue.shift();
      this.lost += 1;
    }
  }

  /** Sends what is left; what cannot be sent after {@link FINAL_ATTEMPTS} is counted as lost. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (let attempt = 0; attempt < FINAL_ATTEMPTS; attempt += 1) {
      if (attempt > 0) await delay(REPORT_INTERVAL_MS);
      await this.#flush();
      if (this.#queue.length === 0) return;
    }
    this.lost += this.#queue.length;
  }

  /** One batch after the other, so that none overtakes its own repetition. */
  #flush(): Promise<void> {
    this.#sending = this.#sending.then(async () => {
      while (this.#queue.length > 0) {
        const batch = this.#queue.slice(0, MAX_BATCH);
        if (!(await this.#send(batch))) return;
        this.#queue = this.#queue.slice(batch.length);
        this.sent += batch.length;
      }
    });
    return this.#sending;
  }

  async #send(batch: readonly TicketOutcome[]): Promise<boolean> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(batch.map((outcome) => ({ name: 'task_success', ...outcome }))),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      if (!response.ok) this.lastError = `${response.status}: ${(await response.text()).slice(0, 500)}`;
      return response.ok;
    } catch (error) {
      this.lastError = error instanceof Error ? error.message : String(error);
      return false;
    }
  }
}
