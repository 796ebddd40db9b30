/** Which versions of a prompt are live: everybody gets `stable`, but a share of the sessions gets `candidate`. */
export interface Pointer {
  readonly stable: string;
  readonly candidate: string;
  /** Share of sessions that get the candidate, 0 to 1. */
  readonly candidateWeight: number;
}

/** One move of the pointer, as it stays in the history. */
export interface PointerMove {
  readonly revision: number;
  readonly pointer: Pointer;
  readonly actor: string;
  /** RFC 3339. */
  readonly at: string;
}

const MAX_HISTORY = 1_000;

/** A pointer that remembers its moves. Its ETag changes with every move, so that a writer cannot undo what it has not seen. */
export class VersionedPointer {
  readonly #history: PointerMove[] = [];

  constructor(pointer: Pointer, actor: string, at: Date) {
    this.#history.push({ revision: 1, pointer, actor, at: at.toISOString() });
  }

  get current(): PointerMove {
    const move = this.#history.at(-1);
    if (!move) throw new Error('a pointer has at least its first move');
    return move;
  }

  get etag(): string {
    return `"${this.current.revision}"`;
  }

  /** Oldest first, the newest {@link MAX_HISTORY}. */
  get history(): readonly PointerMove[] {
    return this.#history;
  }

  move(pointer: Pointer, actor: string, at: Date): PointerMove {
    const move = { revision: this.current.revision + 1, pointer, actor, at: at.toISOString() };
    this.#history.push(move);
    if (this.#history.length > MAX_HISTORY) this.#history.shift();
    return move;
  }
}
