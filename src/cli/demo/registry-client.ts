import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { DemoFailure } from './demo-failure.js';

const REQUEST_TIMEOUT_MS = 5_000;

const Stats = Type.Object({
  received: Type.Integer(),
  refused: Type.Integer(),
  unavailable: Type.Integer(),
  accepted: Type.Integer(),
  repeated: Type.Integer(),
  distinctIds: Type.Integer(),
});

export interface RegistryStats {
  /** Webhook calls, whatever their fate. */
  readonly received: number;
  /** Calls that were acted on, one an id. */
  readonly accepted: number;
  readonly distinctIds: number;
}

/** What the demo does to the registry: what a person with a release button would do. */
export class RegistryClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Gives the candidate a share of the sessions, unless somebody else has moved the pointer in the meantime. */
  async startCanary(prompt: string, candidateWeight: number): Promise<void> {
    const path = `/prompts/${prompt}/pointer`;
    const pointer = await this.#request(path, {});
    const response = await this.#request(path, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': pointer.headers.get('etag') ?? '', 'x-actor': 'demo' },
      body: JSON.stringify({ stable: 'v12', candidate: 'v13', candidateWeight }),
    });
    await response.body?.cancel();
  }

  async stats(): Promise<RegistryStats> {
    const body: unknown = await (await this.#request('/stats', {})).json();
    if (!Value.Check(Stats, body)) throw new DemoFailure('the registry does not say how often it was called');
    return body;
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(this.#url + path, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    if (response.ok) return response;
    throw new DemoFailure(`the registry answered ${response.status} to ${init.method ?? 'GET'} ${path}`);
  }
}
