import type { Attributes } from '../types.js';
import { type AttributeKey, isKeyAt, KeyTable } from './keys.js';

/**
 * The names of a span's attributes in their order. All spans of a client's call site have the same: what follows from the
 * names alone (which sources of which field can give anything) is found once a shape.
 */
export class Shape {
  readonly keys: readonly AttributeKey[];
  /** A name twice: the last value wins, which the oracle sees to. */
  readonly repeatsName: boolean;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #prefixes = new Map<string, boolean>();

  constructor(keys: readonly AttributeKey[]) {
    this.keys = keys;
    this.#positions = new Map(keys.map(({ name }, position) => [name, position]));
    this.repeatsName = this.#positions.size < keys.length;
  }

  position(name: string): number | undefined {
    return this.#positions.get(name);
  }

  has(name: string): boolean {
    return this.#positions.has(name);
  }

  /** Does any name begin so? Remembered: asked with the few prefixes of the conventions. */
  hasPrefix(prefix: string): boolean {
    const known = this.#prefixes.get(prefix);
    if (known !== undefined) return known;
    const found = this.keys.some(({ name }) => name.startsWith(prefix));
    this.#prefixes.set(prefix, found);
    return found;
  }
}

/** Attributes that have a {@link Shape}. */
export interface ShapedAttributes extends Attributes {
  readonly shape: Shape;
}

/** The shape of attributes, `null` for a plain Map. */
export function shapeOf(attributes: Attributes): Shape | null {
  return 'shape' in attributes && attributes.shape instanceof Shape ? attributes.shape : null;
}

/** A step on the way to a shape: the names so far. */
class ShapeNode {
  readonly #key: AttributeKey | null;
  readonly #before: ShapeNode | null;
  readonly #next = new Map<AttributeKey, ShapeNode>();
  /** Where the last span went on from here: usually the next one goes there, too. */
  usual: ShapeNode | null = null;
  usualKey: AttributeKey | null = null;
  #shape: Shape | null = null;

  constructor(key: AttributeKey | null, before: ShapeNode | null) {
    this.#key = key;
    this.#before = before;
  }

  /** @returns the node, and whether it is new */
  follow(key: AttributeKey): { readonly node: ShapeNode; readonly isNew: boolean } {
    const known = this.#next.get(key);
    const node = known ?? new ShapeNode(key, this);
    if (known === undefined) this.#next.set(key, node);
    this.usual = node;
    this.usualKey = key;
    return { node, isNew: known === undefined };
  }

  get shape(): Shape {
    this.#shape ??= new Shape(this.#keys());
    return this.#shape;
  }

  #keys(): AttributeKey[] {
    const keys: AttributeKey[] = [];
    for (let node: ShapeNode | null = this; node !== null; node = node.#before)
      if (node.#key !== null) keys.push(node.#key);
    return keys.reverse();
  }
}

/** Steps that are remembered; beyond, all shapes are forgotten and learned again. */
const MAX_SHAPE_NODES = 100_000;

/** Finds the shape of a span name by name, without looking anything up as long as it is like the span before. */
export class ShapeTable {
  readonly #isUserId: (name: string) => boolean;
  #keys: KeyTable;
  #root = new ShapeNode(null, null);
  #at: ShapeNode = this.#root;
  #nodes = 1;

  constructor(isUserId: (name: string) => boolean) {
    this.#isUserId = isUserId;
    this.#keys = new KeyTable(isUserId);
  }

  begin(): void {
    if (this.#nodes > MAX_SHAPE_NODES || this.#keys.isFull) this.#forget();
    this.#at = this.#root;
  }

  /** The next name. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const { usual, usualKey } = this.#at;
    if (usual !== null && usualKey !== null && isKeyAt(usualKey, bytes, start, end)) {
      this.#at = usual;
      return;
    }
    const { node, isNew } = this.#at.follow(this.#keys.keyAt(bytes, start, end));
    if (isNew) this.#nodes++;
    this.#at = node;
  }

  /** The shape of the names since {@link begin}. */
  finish(): Shape {
    return this.#at.shape;
  }

  #forget(): void {
    this.#keys = new KeyTable(this.#isUserId);
    this.#root = new ShapeNode(null, null);
    this.#nodes = 1;
  }
}
