import { seededUniform, type Uniform } from '../statistics/random.js';
import { MemoryWatch } from './memory.js';
import { minimise } from './minimise.js';
import { mutateBytes } from './mutate-bytes.js';
import { mutateJson } from './mutate-json.js';
import { mutateProtobuf } from './mutate-protobuf.js';
import type { Seed } from './seeds.js';
import { FuzzTarget, type Verdict } from './target.js';

/** One in so many protobuf inputs is also read by the oracle: it costs as much as the rest together. */
const ORACLE_EVERY = 3;
const GARBAGE_EVERY_MS = 2_500;
/** Time goes on by this much with each input, so that what is remembered for a time is also forgotten. */
const MS_AN_INPUT = 5;
const START_MS = 1_795_000_000_000;
const MAX_FAILURES = 20;

export interface FuzzOptions {
  readonly seeds: readonly Seed[];
  readonly seed: number;
  readonly milliseconds: number;
  /** Only this input. */
  readonly only: number | null;
  readonly now: () => number;
  /** Hears of every input before it is tried. */
  readonly onInput?: (input: number) => void;
}

export interface FuzzFailure {
  readonly input: number;
  readonly from: string;
  readonly problem: string;
  /** The smallest body that still fails. */
  readonly body: Buffer;
  readonly encoding: Seed['encoding'];
}

export interface FuzzReport {
  readonly seed: number;
  readonly seeds: number;
  readonly inputs: number;
  readonly inputsPerSecond: number;
  readonly accepted: number;
  readonly partlyAccepted: number;
  readonly refused: number;
  readonly worstMs: number;
  readonly worstInput: number;
  readonly oracleInputs: number;
  /** What stays in memory after garbage is collected, after the warm-up and in the end. */
  readonly heapBytes: { readonly first: number; readonly last: number; readonly isGrowing: boolean };
  readonly isPrototypeIntact: boolean;
  readonly failures: readonly FuzzFailure[];
}

/** Tries mutated bodies until the time is over. The same seed gives the same inputs. */
export function fuzz({ seeds, seed, milliseconds, only, now, onInput }: FuzzOptions): FuzzReport {
  const target = new FuzzTarget();
  const memory = new MemoryWatch();
  const verdicts: Record<Verdict, number> = { accepted: 0, 'partly accepted': 0, refused: 0 };
  const failures: FuzzFailure[] = [];
  const prototypes = prototypeNames();
  const started = now();
  let [inputs, oracleInputs, worstMs, worstInput, nextGarbage] = [0, 0, 0, -1, 0];
  for (let input = only ?? 0; failures.length < MAX_FAILURES; input += 1) {
    if (now() - started >= nextGarbage) {
      memory.sample();
      nextGarbage += GARBAGE_EVERY_MS;
    }
    if (inputs > 0 && (only !== null || now() - started >= milliseconds)) break;
    onInput?.(input);
    const { from, body } = inputOf(seeds, seed, input);
    const askOracle = input % ORACLE_EVERY === 0 || only !== null;
    const tried = target.try(body, from, START_MS + input * MS_AN_INPUT, askOracle);
    inputs += 1;
    if (askOracle) oracleInputs += 1;
    verdicts[tried.verdict] += 1;
    if (tried.ms > worstMs) [worstMs, worstInput] = [tried.ms, input];
    if (tried.problem !== '') failures.push(failureOf(input, from, body, tried.problem));
  }
  memory.sample();
  return {
    seed,
    seeds: seeds.length,
    inputs,
    inputsPerSecond: Math.round((inputs * 1000) / Math.max(1, now() - started)),
    accepted: verdicts.accepted,
    partlyAccepted: verdicts['partly accepted'],
    refused: verdicts.refused,
    worstMs: Math.round(worstMs),
    worstInput,
    oracleInputs,
    heapBytes: { first: memory.firstBytes, last: memory.lastBytes, isGrowing: memory.isGrowing },
    isPrototypeIntact: prototypeNames() === prototypes,
    failures,
  };
}

/** An input follows from its number: each can be made again by itself. */
function inputOf(seeds: readonly Seed[], seed: number, input: number): { from: Seed; body: Buffer } {
  const uniform = seededUniform(seed, 'fuzz', input);
  const from = pick(seeds, uniform);
  if (uniform() < 0.05) return { from, body: mutateBytes(from.body, uniform) };
  const body =
    from.encoding === 'json'
      ? mutateJson(from.body, uniform)
      : mutateProtobuf(from.body, pick(seeds, uniform).body, uniform);
  return { from, body };
}

/** In a fresh target each time, so that a failure does not hang on what came before; if it does, the whole input is kept. */
function failureOf(input: number, from: Seed, body: Buffer, problem: string): FuzzFailure {
  const kind = problem.split('\n', 1)[0];
  const fails = (candidate: Buffer) =>
    new FuzzTarget().try(candidate, from, START_MS, true).problem.split('\n', 1)[0] === kind;
  return { input, from: from.name, problem, body: fails(body) ? minimise(body, fails) : body, encoding: from.encoding };
}

function pick(seeds: readonly Seed[], uniform: Uniform): Seed {
  const seed = seeds[Math.floor(uniform() * seeds.length)];
  if (seed === undefined) throw new Error('there are no seeds');
  return seed;
}

/** What everything inherits from: nobody may add to it. */
function prototypeNames(): string {
  const prototypes = [Object.prototype, Array.prototype, Map.prototype, String.prototype, Function.prototype];
  return prototypes.map((prototype) => Reflect.ownKeys(prototype).map(String).join()).join(';');
}
