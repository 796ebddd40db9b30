/** A map whose copies cost nothing until one of the two is written to. */
export class CopyOnWriteMap<Key, Value> {
  #entries: Map<Key, Value>;
  #isShared: boolean;

  constructor(entries = new Map<Key, Value>(), isShared = false) {
    this.#entries = entries;
    this.#isShared = isShared;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: Key, value: Value): void {
    this.#own().set(key, value);
  }

  delete(key: Key): void {
    if (this.#entries.has(key)) this.#own().delete(key);
  }

  values(): IterableIterator<Value> {
    return this.#entries.values();
  }

  /** A copy that goes its own way. */
  clone(): CopyOnWriteMap<Key, Value> {
    this.#isShared = true;
    return new CopyOnWriteMap(this.#entries, true);
  }

  #own(): Map<Key, Value> {
    if (this.#isShared) this.#entries = new Map(this.#entries);
    this.#isShared = false;
    return this.#entries;
  }
}
