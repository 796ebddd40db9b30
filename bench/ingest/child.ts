import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { packageFile } from '../../src/package-file.js';

const KEPT_CHARACTERS = 4000;
const CLOCK_TICKS_PER_SECOND = 100;

/** A program of this bench in a process of its own: it is asked something and answers. */
export class Child {
  readonly #process: ChildProcess;
  #output = '';

  /** @param script compiled, relative to the package */
  constructor(script: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    this.#process = fork(packageFile(script), [...args], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-KEPT_CHARACTERS);
      });
    }
  }

  /** What it wrote last. */
  get output(): string {
    return this.#output;
  }

  /** Sends a question and resolves with the next answer. @throws Error when it ends instead, with what it said */
  ask<Answer>(question: object): Promise<Answer> {
    const answer = this.answer<Answer>();
    this.#process.send(question);
    return answer;
  }

  /** The next answer. */
  answer<Answer>(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown) => {
        this.#process.off('exit', onExit);
        resolve(message as Answer);
      };
      const onExit = (code: number | null) => {
        this.#process.off('message', onMessage);
        reject(new Error(`a process of the bench ended (exit code ${code}):\n${this.#output}`));
      };
      this.#process.once('message', onMessage).once('exit', onExit);
    });
  }

  /** User and system time so far, all threads; `null` where the system does not tell. */
  cpuSeconds(): number | null {
    const stat = this.#proc('stat');
    // The name, in parentheses, may hold anything; utime and stime are the 14th and 15th field.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(ticks) ? ticks / CLOCK_TICKS_PER_SECOND : null;
  }

  /** The most memory it ever had, in MB; `null` where the system does not tell. */
  peakMegabytes(): number | null {
    const kibibytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(this.#proc('status') ?? '')?.[1] ?? Number.NaN);
    return Number.isFinite(kibibytes) ? Math.round((kibibytes * 1024) / 1e6) : null;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await gone;
  }

  #proc(file: string): string | null {
    try {
      return readFileSync(`/proc/${this.#process.pid}/${file}`, 'utf8');
    } catch {
      return null; // Not Linux, or gone.
    }
  }
}
