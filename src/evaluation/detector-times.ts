import { performance } from 'node:perf_hooks';
import type { DetectorProblem, Measure } from '../rollouts/index.js';

/** A detector that takes longer than this for one look at a target is said to be too slow. */
export const DETECTOR_BUDGET_SECONDS = 1;

/** How a detector is doing. */
export interface DetectorStatus {
  readonly name: string;
  /** Of the last look that asked it, and of the slowest since the start. */
  readonly lastSeconds: number;
  readonly slowestSeconds: number;
  readonly budgetSeconds: number;
  /** Empty when all is well. */
  readonly problem: string;
}

/** Measures what each detector costs, look by look. */
export class DetectorTimes {
  readonly #onLook: (detector: string, seconds: number) => void;
  /** Of the look that is under way. */
  readonly #running = new Map<string, number>();
  readonly #last = new Map<string, number>();
  readonly #slowest = new Map<string, number>();
  readonly #problems = new Map<string, string>();

  constructor(onLook: (detector: string, seconds: number) => void) {
    this.#onLook = onLook;
  }

  readonly measure: Measure = (detector, work) => {
    const startedAt = performance.now();
    try {
      return work();
    } finally {
      const seconds = (performance.now() - startedAt) / 1000;
      this.#running.set(detector, (this.#running.get(detector) ?? 0) + seconds);
    }
  };

  /** Ends a look at a target. */
  endLook(): void {
    for (const [detector, seconds] of this.#running) {
      this.#onLook(detector, seconds);
      this.#last.set(detector, seconds);
      this.#slowest.set(detector, Math.max(seconds, this.#slowest.get(detector) ?? 0));
    }
    this.#running.clear();
  }

  /** @returns the problems that were not known before, in words */
  report(problems: readonly (DetectorProblem & { readonly rolloutId: string })[]): string[] {
    const news: string[] = [];
    for (const { detector, metric, problem, rolloutId } of problems) {
      const sentence = `${metric} of rollout ${rolloutId} cannot be judged: ${problem}`;
      if (this.#problems.get(detector) === sentence) continue;
      this.#problems.set(detector, sentence);
      news.push(`detector ${detector}: ${sentence}`);
    }
    return news;
  }

  get status(): DetectorStatus[] {
    const names = new Set([...this.#last.keys(), ...this.#problems.keys()]);
    return [...names].sort().map((name) => ({
      name,
      lastSeconds: this.#last.get(name) ?? 0,
      slowestSeconds: this.#slowest.get(name) ?? 0,
      budgetSeconds: DETECTOR_BUDGET_SECONDS,
      problem: this.#problems.get(name) ?? '',
    }));
  }
}
