import {
  BehaviourTest,
  type ExampleOutputs,
  exampleOutputs,
  type FeatureMove,
  movedFeatures,
  prominence,
} from '../../detectors/behaviour/index.js';
import { FEATURES } from '../../detectors/fingerprint/index.js';
import { type Draw, drawSides, type Pool, randomFrom } from './draw.js';
import type { BenchOptions } from './options.js';

/** One draw, replayed through the test. */
export interface Run {
  /** Outputs a side at the end of the block after which the test alarmed; null if it did not. */
  readonly firedAt: number | null;
  /** Outputs a side that could be drawn. */
  readonly outputs: number;
  readonly moves: readonly FeatureMove[];
  readonly examples: ExampleOutputs;
}

/** Draws and replays; the same options give the same runs. */
export function* runsOf(baseline: Pool, candidate: Pool, options: BenchOptions, purpose: number): Generator<Run> {
  const largest = options.n.at(-1) ?? 0;
  for (let index = 0; index < options.runs; index++) {
    const seed = options.seed * 1_000_003 + purpose * 10_007 + index;
    yield replay(drawSides(baseline, candidate, largest, randomFrom(seed)), options, seed);
  }
}

function replay(draw: Draw, { n, alpha, block }: BenchOptions, seed: number): Run {
  const test = new BehaviourTest({ alpha, seed });
  const outputs = Math.min(draw.baseline.length, draw.candidate.length);
  let firedAt: number | null = null;
  for (const [from, to] of blocksUpTo(n, block, outputs)) {
    test.add({ baseline: draw.baseline.slice(from, to), candidate: draw.candidate.slice(from, to) });
    if (test.changed && firedAt === null) firedAt = to;
  }
  const contrast = test.contrast();
  const moves = movedFeatures(contrast, test.blocks, test.features);
  return { firedAt, outputs, moves, examples: exampleOutputs(contrast, test.blocks) };
}

/** Ends of blocks: every `block` outputs, and at each n that is asked for. */
function* blocksUpTo(n: readonly number[], block: number, outputs: number): Generator<[from: number, to: number]> {
  const last = Math.min(outputs, n.at(-1) ?? 0);
  let from = 0;
  while (from < last) {
    const next = n.find((size) => size > from) ?? last;
    const to = Math.min(from + block, next, last);
    yield [from, to];
    from = to;
  }
}

/** Share of runs that alarmed by each n; null where too few outputs could be drawn. */
export function alarmsBy(runs: readonly Run[], n: readonly number[]): (number | null)[] {
  return n.map((size) => {
    if (runs.some(({ outputs }) => outputs < size)) return null;
    return runs.filter(({ firedAt }) => firedAt !== null && firedAt <= size).length / runs.length;
  });
}

/** Features by their mean movement over all runs, with the figures of the first run. */
export function movesOver(runs: readonly Run[]): FeatureMove[] {
  const sums = new Map<string, number>();
  for (const move of runs.flatMap(({ moves }) => moves)) {
    const { name } = move.feature;
    sums.set(name, (sums.get(name) ?? 0) + Math.sign(move.standardErrors) * prominence(move, FEATURES));
  }
  const size = (move: FeatureMove) => Math.abs(sums.get(move.feature.name) ?? 0);
  return [...(runs[0]?.moves ?? [])].sort((a, b) => size(b) - size(a));
}
