import { tryCompressed } from './compressed.js';
import { type Input, Inputs } from './inputs.js';
import { MemoryWatch } from './memory.js';
import { minimise } from './minimise.js';
import { prototypeNames } from './prototypes.js';
import type { FuzzFailure, FuzzReport } from './report.js';
import type { Seed } from './seeds.js';
import { type Depth, FuzzTarget, type Verdict } from './target.js';

const GARBAGE_EVERY_MS = 5_000;
/** The clock and the prototypes are looked at every so many inputs. */
const LOOK_EVERY = 256;
/** Time goes on by this much with each input, so that what is remembered for a time is also forgotten. */
const MS_AN_INPUT = 1;
const START_MS = 1_795_000_000_000;
const MAX_FAILURES = 20;
/** Frames of the stack of a failure. While all goes well, errors have none: nobody reads them, and they cost most. */
const STACK_FRAMES = 20;

export interface FuzzOptions {
  readonly seeds: readonly Seed[];
  readonly seed: number;
  /** Ends after this time or after so many inputs, whatever comes first. */
  readonly milliseconds: number;
  readonly maxInputs: number;
  /** The first input, and how far it is from one to the next: jobs share the numbers among them. */
  readonly first: number;
  readonly step: number;
  readonly now: () => number;
  /** Hears of every input before it is tried. */
  readonly onInput?: (input: number) => void;
}

/** Tries mutated bodies until the time is over. The same seed gives the same inputs. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { seeds, seed, now } = options;
  const frames = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await new Run(new Inputs(seeds, seed), options, now()).toTheEnd();
  } finally {
    Error.stackTraceLimit = frames;
  }
}

class Run {
  readonly #inputs: Inputs;
  readonly #options: FuzzOptions;
  readonly #started: number;
  readonly #target = new FuzzTarget();
  readonly #memory = new MemoryWatch();
  readonly #prototypes = prototypeNames();
  readonly #verdicts: Record<Verdict, number> = { accepted: 0, 'partly accepted': 0, refused: 0 };
  readonly #depths: Record<Depth, number> = { decoded: 0, received: 0, compared: 0 };
  readonly #failures: FuzzFailure[] = [];
  #count = 0;
  #worst = { ms: 0, input: -1 };
  #nextGarbage = 0;

  constructor(inputs: Inputs, options: FuzzOptions, started: number) {
    this.#inputs = inputs;
    this.#options = options;
    this.#started = started;
  }

  async toTheEnd(): Promise<FuzzReport> {
    const { first, step, maxInputs, onInput, seed } = this.#options;
    for (let input = first; this.#count < maxInputs && this.#failures.length < MAX_FAILURES; input += step) {
      if (this.#count % LOOK_EVERY === 0 && !this.#look(input)) break;
      onInput?.(input);
      const made = this.#inputs.at(input);
      this.#try(input, made);
      if (made.isCompressed) {
        const problem = await tryCompressed(made.body, seed, input);
        if (problem !== '') this.#failures.push({ ...factsOf(input, made), problem, body: Buffer.from(made.body) });
      }
      this.#count += 1;
    }
    this.#look(first + step * this.#count);
    this.#memory.sample();
    return this.#report();
  }

  #try(input: number, made: Input): void {
    const nowMs = START_MS + input * MS_AN_INPUT;
    const tried = this.#target.try(made.body, made.from, nowMs, made.depth);
    const problem =
      tried.problem || (made.isTriedElsewhere ? this.#target.tryElsewhere(made.body, made.from, nowMs) : '');
    this.#verdicts[tried.verdict] += 1;
    this.#depths[made.depth] += 1;
    if (tried.ms > this.#worst.ms) this.#worst = { ms: tried.ms, input };
    if (problem !== '') this.#failures.push(failureOf(input, made, problem, this.#options.now));
  }

  /** @returns whether to go on */
  #look(input: number): boolean {
    const elapsed = this.#options.now() - this.#started;
    if (elapsed >= this.#nextGarbage) {
      this.#memory.sample();
      this.#nextGarbage = elapsed + GARBAGE_EVERY_MS;
    }
    return (
      (this.#count === 0 || elapsed < this.#options.milliseconds) && prototypeNames() === this.#prototypes && input >= 0
    );
  }

  #report(): FuzzReport {
    const memory = this.#memory;
    const { seeds, seed, now } = this.#options;
    const seconds = Math.max(1, now() - this.#started) / 1000;
    return {
      seed,
      seeds: seeds.length,
      pieces: this.#inputs.pieces,
      inputs: this.#count,
      inputsPerSecond: Math.round(this.#count / seconds),
      accepted: this.#verdicts.accepted,
      partlyAccepted: this.#verdicts['partly accepted'],
      refused: this.#verdicts.refused,
      receivedInputs: this.#depths.received + this.#depths.compared,
      oracleInputs: this.#depths.compared,
      worstMs: Math.round(this.#worst.ms),
      worstInput: this.#worst.input,
      heapBytes: { first: memory.firstBytes, last: memory.lastBytes, isGrowing: memory.isGrowing },
      isPrototypeIntact: prototypeNames() === this.#prototypes,
      failures: this.#failures,
    };
  }
}

function factsOf(input: number, { from }: Input) {
  return { input, from: from.name, encoding: from.encoding };
}

/** In a fresh target each time, so that a failure does not hang on what came before; if it does, the whole input is kept. */
function failureOf(input: number, made: Input, problem: string, now: () => number): FuzzFailure {
  Error.stackTraceLimit = STACK_FRAMES;
  const whole = Buffer.from(made.body);
  const kind = firstLineOf(problem);
  const problemOf = (body: Buffer) => {
    const target = new FuzzTarget();
    const { problem: found } = target.try(Buffer.from(body), made.from, START_MS, made.depth);
    return found || (made.isTriedElsewhere ? target.tryElsewhere(body, made.from, START_MS) : '');
  };
  const again = problemOf(whole);
  const isAlone = firstLineOf(again) === kind;
  const body = isAlone ? minimise(whole, (candidate) => firstLineOf(problemOf(candidate)) === kind, now) : whole;
  Error.stackTraceLimit = 0;
  return { ...factsOf(input, made), problem: isAlone ? again : problem, body };
}

function firstLineOf(problem: string): string {
  return problem.split('\n', 1)[0] ?? '';
}
