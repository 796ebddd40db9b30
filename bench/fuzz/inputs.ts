import { seededUniform, type Uniform } from '../statistics/random.js';
import { mutateBytes } from './mutate-bytes.js';
import { mutateJson } from './mutate-json.js';
import { mutateProtobuf } from './mutate-protobuf.js';
import { cutPieces, type Piece } from './pieces.js';
import { Scratch } from './scratch.js';
import type { Seed } from './seeds.js';
import type { Depth } from './target.js';

/** Of so many inputs one is a whole body, changed in several places: it costs as much as a hundred pieces. */
const WHOLE_PART = 1 / 128;
/** Of the whole bodies. */
const COMPARED_WHOLE_PART = 1 / 3;
/** The wire reader has more to lose than JSON.parse. */
const PROTOBUF_PART = 0.7;
/** Pieces that go through all of the collectors, and those of them that the oracle reads, too. */
const RECEIVED_PART = 1 / 16;
const COMPARED_PART = 1 / 64;
/** Pieces that are also posted to where they do not belong, and those that are also compressed and inflated again. */
const ELSEWHERE_PART = 1 / 32;
const COMPRESSED_PART = 1 / 512;

/** What is tried, and how. */
export interface Input {
  readonly from: Seed;
  /** Good until the next input is made, unless it goes further than `decoded`. */
  readonly body: Buffer;
  readonly depth: Depth;
  readonly isTriedElsewhere: boolean;
  readonly isCompressed: boolean;
}

/** Makes inputs: each follows from its number, so that it can be made again by itself. */
export class Inputs {
  readonly #seeds: readonly Seed[];
  readonly #pieces: Readonly<Record<Seed['encoding'], readonly Piece[]>>;
  readonly #seed: number;
  readonly #scratch = new Scratch();

  constructor(seeds: readonly Seed[], seed: number) {
    const pieces = cutPieces(seeds);
    const of = (encoding: Seed['encoding']) => pieces.filter((piece) => piece.encoding === encoding);
    this.#seeds = seeds;
    this.#pieces = { protobuf: of('protobuf'), json: of('json') };
    this.#seed = seed;
  }

  get pieces(): number {
    return this.#pieces.protobuf.length + this.#pieces.json.length;
  }

  at(input: number): Input {
    const uniform = seededUniform(this.#seed, 'fuzz', input);
    return uniform() < WHOLE_PART ? this.#whole(uniform) : this.#piece(uniform);
  }

  #whole(uniform: Uniform): Input {
    const from = pick(this.#seeds, uniform);
    const depth = uniform() < COMPARED_WHOLE_PART ? 'compared' : 'received';
    const body = mutateWhole(from, pick(this.#seeds, uniform), uniform);
    return { from, body, depth, isTriedElsewhere: false, isCompressed: false };
  }

  #piece(uniform: Uniform): Input {
    const pool = this.#pieces[uniform() < PROTOBUF_PART ? 'protobuf' : 'json'];
    const from = pick(pool, uniform);
    const scratch = this.#scratch.mutate(from, pick(pool, uniform), uniform);
    const drawn = uniform();
    const depth = drawn < COMPARED_PART ? 'compared' : drawn < RECEIVED_PART ? 'received' : 'decoded';
    // The collectors keep views of a body for a minute.
    const body = depth === 'decoded' ? scratch : Buffer.from(scratch);
    return {
      from,
      body,
      depth,
      isTriedElsewhere: uniform() < ELSEWHERE_PART,
      isCompressed: uniform() < COMPRESSED_PART,
    };
  }
}

function mutateWhole(from: Seed, other: Seed, uniform: Uniform): Buffer {
  if (uniform() < 0.05) return mutateBytes(from.body, uniform);
  return from.encoding === 'json' ? mutateJson(from.body, uniform) : mutateProtobuf(from.body, other.body, uniform);
}

function pick<Item>(items: readonly Item[], uniform: Uniform): Item {
  const item = items[Math.floor(uniform() * items.length)];
  if (item === undefined) throw new Error('there is nothing to begin with');
  return item;
}
