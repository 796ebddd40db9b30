/** Who did something. */
export type Actor = 'demo' | 'fleet' | 'registry' | 'leeway' | 'slack' | 'pager';

/** Writes what happens, when it happens, with the seconds since the demo began. */
export class Timeline {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #startedAt: number;

  constructor(write: (line: string) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
    this.#startedAt = now();
  }

  get elapsedSeconds(): number {
    return (this.#now() - this.#startedAt) / 1_000;
  }

  say(actor: Actor, text: string): void {
    const time = `${this.elapsedSeconds.toFixed(1)} s`.padStart(8);
    for (const [index, line] of text.split('\n').entries())
      this.#write(index === 0 ? `${time}  ${actor.padEnd(8)}  ${line}` : `${''.padStart(20)}${line}`);
  }
}
