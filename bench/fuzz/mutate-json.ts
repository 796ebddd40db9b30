import type { Uniform } from '../statistics/random.js';
import { hostileInteger, hostileName, hostileText } from './hostile.js';
import { mutateBytes } from './mutate-bytes.js';

const MAX_CHANGES = 4;
const DEEP_LEVELS = [40, 5000] as const;

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Changes a JSON body where its values are, then its text: what JSON.stringify would not write comes in there. */
export function mutateJson(body: Buffer, uniform: Uniform): Buffer {
  let value: Json;
  try {
    value = JSON.parse(body.toString()) as Json;
  } catch {
    return mutateBytes(body, uniform);
  }
  const changes = 1 + Math.floor(uniform() * MAX_CHANGES);
  for (let change = 0; change < changes; change += 1) changeSomewhere(value, uniform);
  const text = mutateText(JSON.stringify(value), uniform);
  return uniform() < 0.15 ? mutateBytes(Buffer.from(text), uniform) : Buffer.from(text);
}

function changeSomewhere(root: Json, uniform: Uniform): void {
  let place: Json = root;
  for (;;) {
    if (place === null || typeof place !== 'object') return;
    const names: string[] = Object.keys(place);
    const name = names[Math.floor(uniform() * names.length)];
    if (name === undefined) return;
    const inner: Json | undefined = Reflect.get(place, name);
    if (inner === null || typeof inner !== 'object' || uniform() < 0.1) {
      changeValue(place, name, inner ?? null, uniform);
      return;
    }
    place = inner;
  }
}

function changeValue(place: Json[] | { [name: string]: Json }, name: string, value: Json, uniform: Uniform): void {
  const drawn = uniform();
  const set = (to: Json, under = name) =>
    Object.defineProperty(place, under, { value: to, enumerable: true, configurable: true, writable: true });
  if (drawn < 0.15) Reflect.deleteProperty(place, name);
  else if (drawn < 0.3) set(otherType(uniform));
  else if (drawn < 0.5) set(hostileText(uniform));
  else if (drawn < 0.6) set(String(hostileInteger(uniform)));
  else if (drawn < 0.8 && !Array.isArray(place)) set(value, hostileName(uniform));
  else if (Array.isArray(place)) place.push(...Array.from({ length: Math.floor(uniform() * 40) }, () => value));
  else set([value, value]);
}

const OTHER_TYPES: readonly Json[] = [null, true, -1, 0.5, 1e300, '', [], {}, [[]], { a: { a: {} } }];

function otherType(uniform: Uniform): Json {
  return structuredClone(OTHER_TYPES[Math.floor(uniform() * OTHER_TYPES.length)] ?? null);
}

function mutateText(text: string, uniform: Uniform): string {
  const drawn = uniform();
  const at = Math.floor(uniform() * text.length);
  if (drawn < 0.1) return replaceNumber(text, ['1e999', '-0', '9223372036854775808', '1e-400', '00', 'NaN'], uniform);
  if (drawn < 0.15) return text.replace('{', '{"resourceSpans":[],"__proto__":{"polluted":1},');
  if (drawn < 0.2) return text.replace(/"stringValue":"/, '"stringValue":"\\ud800\\u0000');
  if (drawn < 0.25) {
    const levels = DEEP_LEVELS[Math.floor(uniform() * DEEP_LEVELS.length)] ?? 0;
    const deep = '{"arrayValue":{"values":['.repeat(levels) + ']}}'.repeat(levels);
    return text.replace(/\{"stringValue":"[^"]*"\}/, () => deep);
  }
  if (drawn < 0.3) return `${text.slice(0, at)}\u0000${text.slice(at)}`;
  return text;
}

function replaceNumber(text: string, by: readonly string[], uniform: Uniform): string {
  const numbers = [...text.matchAll(/[:[]("?)(\d+)\1/g)];
  const chosen = numbers[Math.floor(uniform() * numbers.length)];
  if (chosen?.index === undefined) return text;
  const with_ = by[Math.floor(uniform() * by.length)] ?? '0';
  return text.slice(0, chosen.index + 1) + with_ + text.slice(chosen.index + chosen[0].length);
}
