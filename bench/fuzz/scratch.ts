import type { Uniform } from '../statistics/random.js';
import { hostileBytes, hostileToken } from './hostile.js';
import type { Piece } from './pieces.js';
import { varintAt } from './protobuf-sites.js';
import type { Site } from './sites.js';

const CAPACITY_BYTES = 64 * 1024;
/** Parts of the inputs that are changed by structure, by bytes, and by both. */
const BY_STRUCTURE = 0.55;
const BY_BOTH = 0.3;
const MAX_BYTE_CHANGES = 3;
/** Bytes that mean something: ends and continuations of varints, tags of OTLP's fields, JSON's structure. */
const TELLING_BYTES = Buffer.from([
  0,
  1,
  0x7f,
  0x80,
  0xff,
  0x0a,
  0x12,
  0x1a,
  0x2a,
  0x39,
  0x4a,
  ...Buffer.from('"{}[],:\\e-'),
]);

/**
 * Mutates pieces in one buffer that is used again and again: what it gives is only good until the next.
 * A field is changed so that the lengths around it are right again.
 */
export class Scratch {
  readonly #bytes = Buffer.alloc(CAPACITY_BYTES);
  #length = 0;

  mutate(piece: Piece, donor: Piece, uniform: Uniform): Buffer {
    this.#length = piece.body.copy(this.#bytes);
    const drawn = uniform();
    if (drawn < BY_STRUCTURE + BY_BOTH) this.#changeSite(piece, donor, uniform);
    if (drawn >= BY_STRUCTURE) {
      const changes = 1 + Math.floor(uniform() * MAX_BYTE_CHANGES);
      for (let change = 0; change < changes && this.#length > 0; change += 1) this.#changeBytes(uniform);
    }
    return this.#bytes.subarray(0, this.#length);
  }

  #changeSite(piece: Piece, donor: Piece, uniform: Uniform): void {
    const site = pick(piece.sites, uniform);
    if (site === undefined) return;
    const drawn = uniform();
    if (drawn < 0.15) this.#replace(site, site.start, NOTHING);
    else if (drawn < 0.3) this.#insert(site, piece.body.subarray(site.start, site.end));
    else if (drawn < 0.5) this.#transplant(site, donor, uniform);
    else if (drawn < 0.6 && piece.encoding === 'protobuf') this.#renumber(site, uniform);
    else this.#replace(site, site.content, piece.encoding === 'json' ? hostileToken(uniform) : hostileBytes(uniform));
  }

  /** Content of another piece in place of this one's: of another type, mostly. */
  #transplant(site: Site, donor: Piece, uniform: Uniform): void {
    const from = pick(donor.sites, uniform);
    if (from === undefined) return;
    if (uniform() < 0.5) this.#replace(site, site.content, donor.body.subarray(from.content, from.end));
    else this.#replace(site, site.start, donor.body.subarray(from.start, from.end));
  }

  /** Another field number or wire type, or both. */
  #renumber(site: Site, uniform: Uniform): void {
    this.#bytes[site.start] = Math.floor(uniform() * 0x80);
  }

  #replace(site: Site, from: number, by: Buffer): void {
    this.#splice(from, site.end, by, from === site.start ? site.lengths.slice(lengthsOfOwn(site)) : site.lengths);
  }

  #insert(site: Site, what: Buffer): void {
    this.#splice(site.start, site.start, what, site.lengths.slice(lengthsOfOwn(site)));
  }

  /** @param lengths where those stand that count what is replaced, innermost first: each lies before the next inner one */
  #splice(start: number, end: number, by: Buffer, lengths: readonly number[]): void {
    const delta = by.length - (end - start);
    // Lengths may grow by a byte each.
    if (this.#length + delta + lengths.length > CAPACITY_BYTES) return;
    this.#bytes.copyWithin(end + delta, end, this.#length);
    by.copy(this.#bytes, start);
    this.#length += delta;
    let more = delta;
    for (const at of lengths) more += this.#addToLength(at, more);
  }

  /** @returns by how many bytes the length itself became longer */
  #addToLength(at: number, delta: number): number {
    const known = varintAt(this.#bytes, at, this.#length);
    if (known === null) return 0;
    const value = Math.max(0, known.value + delta);
    const size = value < 0x80 ? 1 : value < 0x4000 ? 2 : 3;
    const grown = at + size - known.next;
    if (grown !== 0) this.#bytes.copyWithin(known.next + grown, known.next, this.#length);
    this.#length += grown;
    for (let index = 0, rest = value; index < size; index += 1, rest >>>= 7)
      this.#bytes[at + index] = (rest & 0x7f) | (index < size - 1 ? 0x80 : 0);
    return grown;
  }

  #changeBytes(uniform: Uniform): void {
    const drawn = uniform();
    const at = Math.floor(uniform() * this.#length);
    const count = 1 + Math.floor(uniform() * 8);
    if (drawn < 0.4) this.#bytes[at] = (this.#bytes[at] ?? 0) ^ (1 << Math.floor(uniform() * 8));
    else if (drawn < 0.7) this.#bytes[at] = pick(TELLING_BYTES, uniform) ?? 0;
    else if (drawn < 0.8) this.#length = at;
    else if (drawn < 0.9) this.#splice(at, Math.min(this.#length, at + count), NOTHING, NO_LENGTHS);
    else this.#splice(at, at, this.#bytes.subarray(0, Math.min(count, this.#length)), NO_LENGTHS);
  }
}

/** A field with a length of its own stands first among those that count its content. */
function lengthsOfOwn({ start, content, lengths }: Site): number {
  const innermost = lengths[0] ?? -1;
  return innermost > start && innermost < content ? 1 : 0;
}

function pick<Item>(items: ArrayLike<Item>, uniform: Uniform): Item | undefined {
  return items[Math.floor(uniform() * items.length)];
}

const NOTHING = Buffer.alloc(0);
const NO_LENGTHS: readonly number[] = [];
