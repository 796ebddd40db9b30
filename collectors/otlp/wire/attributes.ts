import { structuredValue } from '../../json-content.js';
import type { AttributeValue } from '../types.js';
import type { WireBody } from './body.js';
import { ATTRIBUTE_INTS } from './layout.js';
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
