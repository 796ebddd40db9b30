import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { DemoFailure } from './demo-failure.js';

export interface ChildOptions {
  /** What it is called in messages. */
  readonly name: string;
  /** A compiled program. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Each line of its standard output. */
  readonly onLine?: (line: string) => void;
}

/** Lines of a child's output that are kept to explain a failure. */
const KEPT_LINES = 40;
/** A child that does not end by itself is killed after this long. */
const STOP_TIMEOUT_MS = 10_000;

/** A program of the demo in its own process. It never outlives the demo. */
export class Child {
  readonly name: string;
  /** Resolves when the process has ended, with its exit code (`null`: ended by a signal). */
  readonly exited: Promise<number | null>;
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  readonly #killOnExit = () => this.#process.kill('SIGKILL');

  constructor({ name, script, args, env, onLine }: ChildOptions) {
    this.name = name;
    this.#process = spawn(process.execPath, [script, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stdin?.on('error', () => {}); // It ended before it read its last line: `exited` says so.
    this.exited = once(this.#process, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
    this.exited.catch((error: unknown) => this.#keep(`cannot be started: ${String(error)}`));
    this.#read(this.#process.stdout, onLine);
    this.#read(this.#process.stderr);
    process.once('exit', this.#killOnExit);
    void this.exited.catch(() => {}).then(() => process.removeListener('exit', this.#killOnExit));
  }

  /** What it wrote last, on either stream. */
  get output(): string {
    return this.#lines.join('\n');
  }

  /** Writes a line to its standard input. */
  tell(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** Ends it: SIGTERM, then SIGKILL when it takes too long. Resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const kill = setTimeout(this.#killOnExit, STOP_TIMEOUT_MS);
    this.#process.kill('SIGTERM');
    try {
      await this.exited;
    } finally {
      clearTimeout(kill);
    }
  }

  /**
   * Waits for something this child must do first.
   * @throws DemoFailure when it ends instead
   */
  async whileRunning<T>(work: Promise<T>): Promise<T> {
    const ended = this.exited.then((code) => {
      throw new DemoFailure(
        `the ${this.name} process ended (exit code ${code ?? 'none, by a signal'}):\n${this.output}`,
      );
    });
    return Promise.race([work, ended]);
  }

  #read(stream: NodeJS.ReadableStream | null, onLine?: (line: string) => void): void {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) => {
      this.#keep(line);
      onLine?.(line);
    });
  }

  #keep(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
  }
}
