import { createHmac } from 'node:crypto';
import { USER_ID_ATTRIBUTES } from './otlp/conventions/index.js';
import type { Attributes, LogRecord, Span } from './otlp/types.js';
import { WireSpan } from './otlp/wire/index.js';
import { attributeText } from './spool/row-binary.js';
import { unlessSame } from './unless-same.js';

/** Users that are remembered; beyond, all are forgotten and hashed again. */
const MAX_REMEMBERED = 50_000;

/** HMAC-SHA-256 of a user id in hex; empty for nothing. */
export function hashUserId(userId: string, salt: string): string {
  return userId === '' ? '' : createHmac('sha256', salt).update(userId).digest('hex');
}

/** Makes of user ids what may be kept of them. The ids themselves are never written anywhere. */
export class UserHash {
  readonly #salt: string;
  readonly #known = new Map<string, string>();

  /** @param salt key of the hash: without it nobody can tell whether somebody is among the users */
  constructor(salt: string) {
    this.#salt = salt;
  }

  /** {@link hashUserId} with the salt. */
  readonly hash = (userId: string): string => {
    if (userId === '') return '';
    const known = this.#known.get(userId);
    if (known !== undefined) return known;
    const hash = hashUserId(userId, this.#salt);
    this.#remember(userId, hash);
    return hash;
  };

  #remember(userId: string, hash: string): void {
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(userId, hash);
  }

  /** What comes back from the store is hashed already, and stays as it is. */
  recall(span: Span): void {
    for (const [name, value] of [...span.attributes, ...span.resource]) {
      if (!USER_ID_ATTRIBUTES.has(name)) continue;
      const hash = attributeText(value);
      this.#remember(hash, hash);
    }
  }

  /** The span with hashes in place of user ids; itself when it has none. */
  hideInSpan(span: Span): Span {
    if (span instanceof WireSpan) return span; // A view hides them when its row is written.
    const attributes = this.hide(span.attributes);
    const resource = this.hide(span.resource);
    const events = unlessSame(span.events, (event) => this.#hideInside(event));
    const links = unlessSame(span.links, (link) => this.#hideInside(link));
    const isSame =
      attributes === span.attributes && resource === span.resource && events === span.events && links === span.links;
    return isSame ? span : { ...span, attributes, resource, events, links };
  }

  hideInLog(log: LogRecord): LogRecord {
    const attributes = this.hide(log.attributes);
    const resource = this.hide(log.resource);
    return attributes === log.attributes && resource === log.resource ? log : { ...log, attributes, resource };
  }

  /** Attributes with hashes in place of user ids; themselves when there are none. */
  hide(attributes: Attributes): Attributes {
    let hidden: Map<string, string> | null = null;
    for (const name of USER_ID_ATTRIBUTES) {
      const value = attributes.get(name);
      if (value === undefined) continue;
      hidden ??= new Map();
      hidden.set(name, this.hash(attributeText(value)));
    }
    return hidden === null ? attributes : new Map([...attributes, ...hidden]);
  }

  #hideInside<Part extends { readonly attributes: Attributes }>(part: Part): Part {
    const attributes = this.hide(part.attributes);
    return attributes === part.attributes ? part : { ...part, attributes };
  }
}
