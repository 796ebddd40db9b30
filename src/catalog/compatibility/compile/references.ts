import { mapSubschemas } from '../dialect.js';
import { isJsonObject, type JsonObject, member } from '../json.js';

/** The address of a schema that has none. */
const NAMELESS = 'schema://nameless/root';

/** Finds what a `$ref` inside one schema document points to: by JSON pointer, anchor or `$id`. */
export class References {
  readonly #bases = new Map<object, string>();
  readonly #resources = new Map<string, unknown>();
  readonly #anchors = new Map<string, unknown>();

  constructor(root: unknown) {
    this.#resources.set(NAMELESS, root);
    this.#index(root, NAMELESS);
  }

  /** @returns the schema, or `undefined` when it is not in this document */
  find(reference: string, from: JsonObject): unknown {
    const address = resolveUri(reference, this.#bases.get(from) ?? NAMELESS);
    if (address === null) return undefined;
    const [base = '', fragment = ''] = address.split('#', 2);
    const anchored = this.#anchors.get(`${base}#${fragment}`);
    if (anchored !== undefined) return anchored;
    const resource = this.#resources.get(base);
    if (resource === undefined) return undefined;
    return fragment === '' || fragment.startsWith('/') ? this.#follow(resource, base, fragment) : undefined;
  }

  #follow(resource: unknown, base: string, pointer: string): unknown {
    let here = resource;
    for (const step of pointer.split('/').slice(1)) {
      const name = stepName(step);
      if (name === null || typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined;
      here = Reflect.get(here, name);
    }
    // A schema under a keyword that is not known as a place for schemas is inside the resource it was found in.
    if (isJsonObject(here) && !this.#bases.has(here)) this.#index(here, base);
    return here;
  }

  #index(schema: unknown, parentBase: string): void {
    if (!isJsonObject(schema) || this.#bases.has(schema)) return;
    const base = this.#enter(schema, parentBase);
    this.#bases.set(schema, base);
    for (const keyword of ['$anchor', '$dynamicAnchor']) {
      const anchor = member(schema, keyword);
      if (typeof anchor === 'string') this.#anchors.set(`${base}#${anchor}`, schema);
    }
    mapSubschemas(schema, (subschema) => {
      this.#index(subschema, base);
      return subschema;
    });
  }

  /** @returns the base address inside the schema: its own, if it has an `$id` */
  #enter(schema: JsonObject, parentBase: string): string {
    const id = member(schema, '$id');
    const address = typeof id === 'string' ? resolveUri(id, parentBase) : null;
    if (address === null) return parentBase;
    const [base = '', fragment = ''] = address.split('#', 2);
    // Until draft 7 an anchor was written as an `$id` that is a fragment only.
    if (fragment !== '') this.#anchors.set(address, schema);
    if (base !== parentBase) this.#resources.set(base, schema);
    return base;
  }
}

function resolveUri(reference: string, base: string): string | null {
  return URL.canParse(reference, base) ? new URL(reference, base).href : null;
}

function stepName(step: string): string | null {
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return null; // A stray "%": such a pointer names nothing.
  }
}
