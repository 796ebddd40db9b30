import { positionOf } from './random.js';

export interface Pointer {
  readonly stable: string;
  readonly candidate: string;
  readonly candidateWeight: number;
}

export interface PromptClientOptions {
  readonly registryUrl: string;
  readonly name: string;
  /** Age after which the pointer is read again: how long this client may lag behind the registry. */
  readonly cacheMs: number;
  /** The first pointer grows old by this much sooner, so that clients that start together do not refresh together. */
  readonly phaseMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Called when the pointer that this client serves has changed. */
  readonly onMove: (pointer: Pointer) => void;
}

const REQUEST_TIMEOUT_MS = 2_000;

/**
 * The registry client of one pod, like those of the prompt registries in use: a cached pointer that is refreshed when
 * it is old (and served stale while the registry does not answer), versions kept for ever.
 */
export class PromptClient {
  readonly #options: PromptClientOptions;
  readonly #contents = new Map<string, string>();
  #pointer: Pointer | undefined;
  #etag = '';
  #readAt = Number.NEGATIVE_INFINITY;
  #refresh: Promise<void> | undefined;

  constructor(options: PromptClientOptions) {
    this.#options = options;
  }

  /**
   * The version that a session is served, always the same while the pointer stands.
   * @throws Error when the registry has never answered
   */
  async resolve(session: string): Promise<{ version: string; content: string }> {
    if (this.#options.now() - this.#readAt >= this.#options.cacheMs) {
      this.#refresh ??= this.#readPointer().finally(() => {
        this.#refresh = undefined;
      });
      await this.#refresh;
    }
    if (!this.#pointer) throw new Error(`the registry at ${this.#options.registryUrl} has not answered yet`);
    const { stable, candidate, candidateWeight } = this.#pointer;
    const version = positionOf(session) < candidateWeight ? candidate : stable;
    return { version, content: await this.#content(version) };
  }

  async #readPointer(): Promise<void> {
    try {
      const response = await fetch(this.#url('pointer'), {
        headers: this.#etag ? { 'if-none-match': this.#etag } : {},
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      if (response.status === 200) this.#take(await response.json(), response.headers.get('etag') ?? '');
      else if (response.status !== 304) throw new Error(`the registry answered ${response.status}`);
      const first = this.#readAt === Number.NEGATIVE_INFINITY;
      this.#readAt = this.#options.now() - (first ? this.#options.phaseMs : 0);
    } catch (error) {
      if (!this.#pointer) throw error;
      // Stale is better than nothing: what was served a moment ago goes on, and the next request tries again.
    }
  }

  #take(body: unknown, etag: string): void {
    if (!isPointer(body)) throw new Error('the registry answered with something that is no pointer');
    this.#pointer = body;
    this.#etag = etag;
    this.#options.onMove(body);
  }

  async #content(version: string): Promise<string> {
    const known = this.#contents.get(version);
    if (known !== undefined) return known;
    const url = this.#url(`versions/${encodeURIComponent(version)}`);
    const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const body: unknown = await response.json();
    if (!isVersion(body)) throw new Error(`the registry has no version ${version} (${response.status})`);
    this.#contents.set(version, body.content);
    return body.content;
  }

  #url(path: string): string {
    return `${this.#options.registryUrl}/prompts/${encodeURIComponent(this.#options.name)}/${path}`;
  }
}

function isPointer(body: unknown): body is Pointer {
  return (
    typeof body === 'object' &&
    body !== null &&
    'stable' in body &&
    typeof body.stable === 'string' &&
    'candidate' in body &&
    typeof body.candidate === 'string' &&
    'candidateWeight' in body &&
    typeof body.candidateWeight === 'number'
  );
}

function isVersion(body: unknown): body is { content: string } {
  return typeof body === 'object' && body !== null && 'content' in body && typeof body.content === 'string';
}
