import type { ContentMode } from '../../src/model/index.js';
import type { Attributes, AttributeValue } from '../otlp/types.js';
import { unlessSame } from '../unless-same.js';
import { MESSAGE_EVENT } from './attribute-names.js';
import type { AttributeRole } from './attribute-roles.js';
import type { Redactor } from './redactor.js';
import { placeholder } from './replace-matches.js';

/** Without content, longer texts under names that nobody knows are taken for content. */
const MAX_UNKNOWN_CHARACTERS = 256;

/** A mode under which something is kept from being stored. */
export type StrictMode = Exclude<ContentMode, 'full'>;

/** Changes what attributes and bodies hold. What needs no change is returned as the same object. */
export interface ValueProtection {
  attributes(attributes: Attributes, mode: StrictMode): Attributes;
  /** Of an event or a log record: those that are messages hold content under any name. */
  eventAttributes(eventName: string, attributes: Attributes, mode: StrictMode): Attributes;
  value(value: AttributeValue): AttributeValue;
  readonly redactor: Redactor;
}

/** Takes the place of an attribute that is not to be stored at all. */
const DROPPED = Symbol('dropped');

export function createValueProtection(redactor: Redactor, roleOf: (name: string) => AttributeRole): ValueProtection {
  function value(given: AttributeValue): AttributeValue {
    if (typeof given === 'string') return redactor.text(given);
    if (typeof given === 'bigint' || typeof given === 'number') return redactNumber(given);
    if (given instanceof Uint8Array) return redactBytes(given);
    if (given instanceof Map) return redactMap(given);
    return isList(given) ? unlessSame(given, value) : given;
  }

  function redactNumber(given: bigint | number): AttributeValue {
    const text = String(given);
    const redacted = redactor.text(text);
    return redacted === text ? given : redacted;
  }

  /** Stored as base64, in which nothing would be found; bytes that are no text have nothing to find. */
  function redactBytes(given: Uint8Array): AttributeValue {
    const text = Buffer.from(given).toString('latin1');
    const redacted = redactor.text(text);
    return redacted === text ? given : Buffer.from(redacted, 'latin1');
  }

  function redactMap(given: ReadonlyMap<string, AttributeValue>): AttributeValue {
    const entries = [...given];
    const changed = unlessSame(entries, (entry) => {
      const [name, inner] = entry;
      const role = roleOf(name);
      const other = role.kind === 'withheld' ? placeholder(role.label) : value(inner);
      const otherName = redactor.text(name);
      return other === inner && otherName === name ? entry : ([otherName, other] as [string, AttributeValue]);
    });
    return changed === entries ? given : new Map(changed);
  }

  function kept(role: AttributeRole, given: AttributeValue, mode: StrictMode): AttributeValue | typeof DROPPED {
    if (role.kind === 'user') return given;
    if (role.kind === 'withheld') return given === '' ? given : placeholder(role.label);
    if (mode === 'none' && (role.kind === 'content' || isLong(given))) return DROPPED;
    if (typeof given !== 'string') return role.kind === 'id' ? given : value(given);
    if (role.kind === 'id') return redactor.id(given);
    return role.kind === 'name' ? redactor.name(given) : redactor.text(given);
  }

  function attributesBy(attributes: Attributes, mode: StrictMode, role: (name: string) => AttributeRole): Attributes {
    let changed: Map<string, AttributeValue> | null = null;
    for (const [name, given] of attributes) {
      const other = kept(role(name), given, mode);
      if (other === given) continue;
      changed ??= new Map(attributes);
      if (other === DROPPED) changed.delete(name);
      else changed.set(name, other);
    }
    return changed ?? attributes;
  }

  return {
    redactor,
    value,
    attributes: (attributes, mode) => attributesBy(attributes, mode, roleOf),
    eventAttributes: (eventName, attributes, mode) =>
      attributesBy(attributes, mode, MESSAGE_EVENT.test(eventName) ? asMessage : roleOf),
  };

  function asMessage(name: string): AttributeRole {
    const role = roleOf(name);
    return role.kind === 'text' ? { kind: 'content' } : role;
  }
}

function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}

/** Texts, bytes and structures: flags and numbers are short. */
function isLong(value: AttributeValue): boolean {
  if (typeof value === 'string') return value.length > MAX_UNKNOWN_CHARACTERS;
  if (value instanceof Uint8Array) return value.length > MAX_UNKNOWN_CHARACTERS;
  if (value instanceof Map) return value.size > 0 && isLongList([...value.keys(), ...value.values()]);
  return isList(value) && isLongList(value);
}

function isLongList(values: readonly AttributeValue[]): boolean {
  let characters = 0;
  for (const value of values) {
    if (isLong(value)) return true;
    characters += typeof value === 'string' || value instanceof Uint8Array ? value.length : 1;
    if (characters > MAX_UNKNOWN_CHARACTERS) return true;
  }
  return false;
}
