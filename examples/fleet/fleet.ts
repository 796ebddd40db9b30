import type { Behaviour } from './model.js';
import { OutcomeReporter } from './outcome-reporter.js';
import { type Handled, Pod, PROMPT_NAME } from './pod.js';
import { type Pointer, PromptClient } from './prompt-client.js';
import { type Random, randomOf } from './random.js';
import { PodTelemetry } from './telemetry.js';

export interface FleetOptions {
  readonly registryUrl: string;
  /** Where outcomes are reported; spans go where `OTEL_EXPORTER_OTLP_ENDPOINT` says. Empty: no outcomes. */
  readonly leewayUrl: string;
  readonly behaviour: Behaviour;
  readonly pods: number;
  /** Over all pods. */
  readonly requestsPerSecond: number;
  readonly seed: number;
  /** How long a pod may serve an old pointer. */
  readonly cacheMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** A pod has begun to serve by a pointer it did not have before. */
  readonly onMove: (pod: string, pointer: Pointer) => void;
  readonly onProblem: (problem: string) => void;
}

/** What the fleet did, counted by itself. */
export interface FleetReport {
  readonly spansSent: number;
  readonly spansEnded: number;
  readonly spansFailed: number;
  readonly generations: number;
  readonly byVersion: Readonly<Record<string, number>>;
  readonly requestsFailed: number;
  readonly outcomesSent: number;
  readonly outcomesLost: number;
}

export const SERVICE = 'support-bot';
export const ENVIRONMENT = 'demo';
const TICK_MS = 10;
/** After a stall the fleet catches up at most this much, so that it never plays a burst that no customers sent. */
const MAX_CATCH_UP_SECONDS = 0.5;
const MAX_SESSION_REQUESTS = 4;

/** A pod with its SDK and the session it is in. */
interface Member {
  readonly name: string;
  readonly pod: Pod;
  readonly telemetry: PodTelemetry;
  readonly sessions: Iterator<string, never>;
}

/** Several pods of the support bot, each with its own SDK and its own registry cache, under a steady load. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #members: readonly Member[];
  readonly #outcomes: OutcomeReporter | undefined;
  readonly #running = new Set<Promise<void>>();
  readonly #byVersion = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  #issued = 0;
  #skipped = 0;
  #requestsFailed = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#outcomes = options.leewayUrl ? new OutcomeReporter(options.leewayUrl) : undefined;
    this.#members = Array.from({ length: options.pods }, (_, index) =>
      this.#createMember(`${SERVICE}-${index}`, (options.cacheMs * index) / options.pods),
    );
  }

  start(): void {
    this.#startedAt = this.#options.now();
    this.#timer = setInterval(() => this.#issueDue(), TICK_MS);
  }

  /** Lets the requests in flight end, exports everything and says what was done. */
  async stop(): Promise<FleetReport> {
    clearInterval(this.#timer);
    await Promise.all(this.#running);
    await this.#outcomes?.stop();
    if (this.#outcomes?.lastError) this.#options.onProblem(`outcomes: ${this.#outcomes.lastError}`);
    const flushed = await Promise.allSettled(this.#members.map(({ telemetry }) => telemetry.shutdown()));
    for (const result of flushed) if (result.status === 'rejected') this.#options.onProblem(String(result.reason));
    return this.#report();
  }

  #createMember(name: string, phaseMs: number): Member {
    const { registryUrl, cacheMs, now, behaviour, onMove, seed } = this.#options;
    const telemetry = new PodTelemetry(SERVICE, ENVIRONMENT, name);
    const prompts = new PromptClient({
      registryUrl,
      name: PROMPT_NAME,
      cacheMs,
      phaseMs,
      now,
      onMove: (pointer) => onMove(name, pointer),
    });
    const pod = new Pod({ behaviour, prompts, tracer: telemetry.tracer });
    return { name, pod, telemetry, sessions: sessionsOf(name, randomOf(seed, name)) };
  }

  #issueDue(): void {
    const { now, requestsPerSecond } = this.#options;
    const allowed = this.#issued + Math.ceil(MAX_CATCH_UP_SECONDS * requestsPerSecond);
    const elapsedSeconds = (now() - this.#startedAt) / 1_000;
    const due = Math.floor(elapsedSeconds * requestsPerSecond) - this.#skipped;
    this.#skipped += Math.max(0, due - allowed);
    for (const end = Math.min(due, allowed); this.#issued < end; ) this.#issue();
  }

  #issue(): void {
    const index = this.#issued;
    this.#issued += 1;
    const member = this.#members[index % this.#members.length];
    if (!member) return;
    const session = member.sessions.next().value;
    const request = member.pod
      .handle(session, randomOf(this.#options.seed, 'request', index))
      .then((handled) => this.#count(handled))
      .catch((error: unknown) => {
        this.#requestsFailed += 1;
        this.#options.onProblem(`${member.name}: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => this.#running.delete(request));
    this.#running.add(request);
  }

  #count({ version, traceId, spanId, success }: Handled): void {
    this.#byVersion.set(version, (this.#byVersion.get(version) ?? 0) + 1);
    this.#outcomes?.add({ traceId, spanId, value: success ? 'success' : 'failure' });
  }

  #report(): FleetReport {
    const sum = (count: (telemetry: PodTelemetry) => number) =>
      this.#members.reduce((total, { telemetry }) => total + count(telemetry), 0);
    return {
      spansSent: sum(({ counts }) => counts.sent),
      spansEnded: sum(({ counts }) => counts.ended),
      spansFailed: sum(({ counts }) => counts.failed),
      generations: [...this.#byVersion.values()].reduce((total, n) => total + n, 0),
      byVersion: Object.fromEntries([...this.#byVersion].sort()),
      requestsFailed: this.#requestsFailed,
      outcomesSent: this.#outcomes?.sent ?? 0,
      outcomesLost: this.#outcomes?.lost ?? 0,
    };
  }
}

/** Session ids of one pod: each is used for one to four requests in a row. */
function* sessionsOf(pod: string, random: Random): Generator<string, never> {
  for (let number = 0; ; number += 1) {
    const requests = 1 + Math.floor(random() * MAX_SESSION_REQUESTS);
    for (let request = 0; request < requests; request += 1) yield `${pod}-session-${number}`;
  }
}
