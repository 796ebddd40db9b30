import { structuredValue } from '../../json-content.js';
import type { Message } from '../../messages.js';
import type { AttributeValue } from '../types.js';
import type { WireBody } from './body.js';
import { ATTRIBUTE_INTS } from './layout.js';
import { readPlainMessages } from './plain-messages.js';
import type { Shape, ShapedAttributes } from './shape.js';
import { VALUE } from './values.js';

/** Attributes as a view over a body: a value is decoded when it is asked for, and only that. */
export class WireAttributes implements ShapedAttributes {
  readonly shape: Shape;
  readonly #body: WireBody;
  readonly #at: number;

  /** @param at where on the body's tape the first attribute stands */
  constructor(body: WireBody, shape: Shape, at: number) {
    this.#body = body;
    this.shape = shape;
    this.#at = at;
  }

  get size(): number {
    return this.shape.keys.length;
  }

  has(name: string): boolean {
    return this.shape.has(name);
  }

  get(name: string): AttributeValue | undefined {
    const position = this.shape.position(name);
    return position === undefined ? undefined : this.#valueAt(position);
  }

  /** As `structuredValue(get(name))`; what repeats from call to call is parsed once, and must not be changed. */
  structured(name: string): unknown {
    const position = this.shape.position(name);
    const key = position === undefined ? undefined : this.shape.keys[position];
    if (position === undefined || key === undefined) return undefined;
    const at = this.#at + position * ATTRIBUTE_INTS;
    if (this.#body.int(at) !== VALUE.text) return structuredValue(this.#body.value(key, at));
    return this.#body.repeated(key, at).parsed;
  }

  /** Messages that are nothing but text, without parsing them; `null` for others. */
  plainMessages(name: string): Message[] | null {
    const position = this.shape.position(name);
    if (position === undefined) return null;
    const at = this.#at + position * ATTRIBUTE_INTS;
    if (this.#body.int(at) !== VALUE.text) return null;
    return readPlainMessages(this.#body.bytes, this.#body.int(at + 1), this.#body.int(at + 2));
  }

  /**
   * Numbers that stand for the values at some positions: equal numbers mean equal values.
   * @returns a hash of them all; `null` when a value is too large to be remembered
   */
  identify(positions: readonly number[], identities: Int32Array): number | null {
    let hash = 0;
    for (const [index, position] of positions.entries()) {
      const key = this.shape.keys[position];
      const identity = key === undefined ? null : this.#body.identity(key, this.#at + position * ATTRIBUTE_INTS);
      if (identity === null) return null;
      identities[index] = identity;
      hash = Math.imul(hash ^ identity, 0x01000193);
    }
    return hash ^ (hash >>> 15);
  }

  *entries(): MapIterator<[string, AttributeValue]> {
    for (const [position, { name }] of this.shape.keys.entries()) yield [name, this.#valueAt(position)];
  }

  *keys(): MapIterator<string> {
    for (const { name } of this.shape.keys) yield name;
  }

  *values(): MapIterator<AttributeValue> {
    for (const position of this.shape.keys.keys()) yield this.#valueAt(position);
  }

  [Symbol.iterator](): MapIterator<[string, AttributeValue]> {
    return this.entries();
  }

  forEach(each: (value: AttributeValue, name: string, map: ReadonlyMap<string, AttributeValue>) => void): void {
    for (const [name, value] of this.entries()) each(value, name, this);
  }

  #valueAt(position: number): AttributeValue {
    const key = this.shape.keys[position];
    return key === undefined ? null : this.#body.value(key, this.#at + position * ATTRIBUTE_INTS);
  }
}
