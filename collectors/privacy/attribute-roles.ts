import { namesRead, USER_ID_ATTRIBUTES } from '../otlp/conventions/index.js';
import {
  CONTENT_FIELDS,
  CONTENT_NAMES,
  CONTENT_PREFIXES,
  CONTENT_SUFFIXES,
  ID_FIELDS,
  ID_NAMES,
  ID_PREFIXES,
  SECRET_NAME,
  WITHHELD_NAMES,
} from './attribute-names.js';

/** Names come from outside; what is remembered of them must end somewhere. */
const MAX_REMEMBERED_NAMES = 10_000;

/** What an attribute is, by its name. */
export type AttributeRole =
  /** Prompts, messages, outputs, arguments, results. */
  | { readonly kind: 'content' }
  /** A user's id: hashed when its row is written, and not here, so that the hash is of the id. */
  | { readonly kind: 'user' }
  /** An id, a version or a setting. */
  | { readonly kind: 'id' }
  /** What the target is called after. */
  | { readonly kind: 'name' }
  /** Withheld whole. */
  | { readonly kind: 'withheld'; readonly label: string }
  /** Anything. */
  | { readonly kind: 'text' };

const CONTENT = { kind: 'content' } as const;
const USER = { kind: 'user' } as const;
const ID = { kind: 'id' } as const;
const NAME = { kind: 'name' } as const;
const TEXT = { kind: 'text' } as const;

const content = namesRead(CONTENT_FIELDS);
const CONTENT_EXACT: ReadonlySet<string> = new Set([...content.names, ...CONTENT_NAMES]);
const CONTENT_STARTS = [...content.prefixes, ...CONTENT_PREFIXES];
const OPERATION_NAMES: ReadonlySet<string> = new Set(namesRead(['operation']).names);
const ID_EXACT: ReadonlySet<string> = new Set([...namesRead(ID_FIELDS).names, ...ID_NAMES]);

/**
 * Tells what attributes are.
 * @param more names of further attributes that are content; a name that ends in `.*` stands for all that begin so
 */
export function attributeRoles(more: readonly string[]): (name: string) => AttributeRole {
  const own = new Set(more.filter((name) => !name.endsWith('.*')));
  const ownStarts = more.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -1));
  const known = new Map<string, AttributeRole>();

  function find(name: string): AttributeRole {
    if (USER_ID_ATTRIBUTES.has(name)) return USER;
    if (own.has(name) || ownStarts.some((start) => name.startsWith(start)) || isContent(name)) return CONTENT;
    const label = WITHHELD_NAMES.get(name);
    if (label !== undefined) return { kind: 'withheld', label };
    if (SECRET_NAME.test(name)) return { kind: 'withheld', label: 'secret' };
    if (OPERATION_NAMES.has(name)) return NAME;
    return ID_EXACT.has(name) || ID_PREFIXES.some((start) => name.startsWith(start)) ? ID : TEXT;
  }

  return (name) => {
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    const role = find(name);
    if (known.size >= MAX_REMEMBERED_NAMES) known.clear();
    known.set(name, role);
    return role;
  };
}

/** `gen_ai.prompt.0.content` is content, `gen_ai.prompt.name` is not: after these an index follows. */
function isContent(name: string): boolean {
  if (CONTENT_EXACT.has(name)) return true;
  if (CONTENT_SUFFIXES.some((end) => name.endsWith(end))) return true;
  return CONTENT_STARTS.some(
    (start) => name.startsWith(start) && (!INDEXED_STARTS.has(start) || /^\d/.test(name.slice(start.length))),
  );
}

const INDEXED_STARTS: ReadonlySet<string> = new Set(['gen_ai.prompt.', 'gen_ai.completion.']);
