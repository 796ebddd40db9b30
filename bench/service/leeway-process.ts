import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/cli/demo/free-port.js';
import { packageFile } from '../../src/package-file.js';

const CLI = packageFile('dist/src/cli/main.js');
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
const KEPT_LINES = 60;
const BYTES_PER_KIBIBYTE = 1024;

/** `leeway serve` as a user runs it, in a process of its own, on a port that it keeps when it is started again. */
export class LeewayProcess {
  readonly url: string;
  /** How often it ended though nobody ended it. */
  unexpectedExits = 0;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #lines: string[] = [];
  #child: ChildProcess | null = null;
  #isMeant = false;

  private constructor(port: number, environment: Readonly<Record<string, string>>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#environment = {
      ...environment,
      LEEWAY_PORT: String(port),
      PATH: process.env['PATH'] ?? '',
      // No stacks of native code in the output of a process that is killed on purpose.
      NODE_OPTIONS: '--enable-source-maps',
    };
  }

  /** @param environment without the ports */
  static async create(environment: Readonly<Record<string, string>>): Promise<LeewayProcess> {
    const grpcPort = String(await freePort());
    return new LeewayProcess(await freePort(), { LEEWAY_GRPC_PORT: grpcPort, ...environment });
  }

  /** What it said last. */
  get output(): string {
    return this.#lines.join('\n');
  }

  spawn(): void {
    this.#isMeant = false;
    const child = spawn(process.execPath, [CLI, 'serve'], {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => this.#keep(String(chunk)));
    child.once('exit', () => {
      if (!this.#isMeant) this.unexpectedExits += 1;
    });
    process.once('exit', () => child.kill('SIGKILL'));
  }

  /** Resolves when it answers, ready or not. @throws Error when it ends or takes too long */
  async listening(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (!this.isRunning) throw new Error(`leeway ended:\n${this.output}`);
      const response = await fetch(`${this.url}/healthz`).catch(() => null);
      await response?.arrayBuffer();
      if (response?.ok) return;
      await sleep(POLL_MS);
    }
    throw new Error(`leeway did not answer for ${START_TIMEOUT_MS} ms:\n${this.output}`);
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** SIGKILL ends it without a word, SIGTERM lets it finish. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === null || !this.isRunning) return;
    this.#isMeant = true;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Resident bytes now, and the most there ever were; Linux only, `null` elsewhere. */
  memory(): { readonly now: number; readonly peak: number } | null {
    try {
      const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8');
      const kibibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      return { now: kibibytes('VmRSS') * BYTES_PER_KIBIBYTE, peak: kibibytes('VmHWM') * BYTES_PER_KIBIBYTE };
    } catch {
      return null;
    }
  }

  #keep(text: string): void {
    this.#lines.push(...text.trimEnd().split('\n'));
    this.#lines.splice(0, Math.max(0, this.#lines.length - KEPT_LINES));
  }
}
