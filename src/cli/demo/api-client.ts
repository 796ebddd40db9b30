import { setTimeout as delay } from 'node:timers/promises';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { errorMessage } from '../../model/index.js';
import { DemoFailure } from './demo-failure.js';

const REQUEST_TIMEOUT_MS = 10_000;
const RECONNECT_DELAY_MS = 500;
const MAX_EXCERPT_LENGTH = 300;

const Json = Type.Unknown();

/** Talks to the service as anybody else would: over its HTTP API, believing nothing that does not fit its description. */
export class ApiClient {
  readonly url: string;
  readonly #signal: AbortSignal;

  constructor(url: string, signal: AbortSignal) {
    this.url = url;
    this.#signal = signal;
  }

  /** @throws DemoFailure when the answer is no success or does not fit the schema */
  async get<Schema extends TSchema>(path: string, schema: Schema): Promise<Static<Schema>> {
    return checked(path, schema, await this.#request(path, {}));
  }

  async post(path: string, body: unknown): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    return checked(path, Json, await this.#request(path, { method: 'POST', headers, body: JSON.stringify(body) }));
  }

  /** Resolves once `path` answers with a success; never rejects but by the client's signal. */
  async untilOk(path: string): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        const response = await fetch(this.url + path, { signal: this.#limited() });
        await response.body?.cancel();
        if (response.ok) return;
      } catch {
        // Not listening yet; the signal ends the wait.
      }
      await delay(100, undefined, { signal: this.#signal });
    }
    this.#signal.throwIfAborted();
  }

  /** Calls back at every change that the service announces (server-sent events), until the signal. */
  async onChange(callback: () => void): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        const response = await fetch(`${this.url}/api/v1/events`, { signal: this.#signal });
        const decoder = new TextDecoder();
        for await (const chunk of response.body ?? [])
          if (decoder.decode(chunk, { stream: true }).includes('data:')) callback();
      } catch {
        // The stream broke or the service is gone: whoever listens also polls, so nothing is lost by trying again.
      }
      await delay(RECONNECT_DELAY_MS, undefined, { signal: this.#signal }).catch(() => {});
    }
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(this.url + path, { ...init, signal: this.#limited() }).catch((error: unknown) => {
      this.#signal.throwIfAborted();
      throw new DemoFailure(`${init.method ?? 'GET'} ${path}: ${errorMessage(error)}`, { cause: error });
    });
    if (response.ok) return response;
    const text = (await response.text()).slice(0, MAX_EXCERPT_LENGTH);
    throw new DemoFailure(`${init.method ?? 'GET'} ${path} answered ${response.status}: ${text}`);
  }

  #limited(): AbortSignal {
    return AbortSignal.any([this.#signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
  }
}

async function checked<Schema extends TSchema>(
  path: string,
  schema: Schema,
  response: Response,
): Promise<Static<Schema>> {
  const body: unknown = await response.json();
  if (Value.Check(schema, body)) return body;
  const [problem] = Value.Errors(schema, body);
  throw new DemoFailure(
    `${path} answered something else than its description says: ${problem?.instancePath} ${problem?.message}`,
  );
}
