import type { Uniform } from '../statistics/random.js';
import { hostileInteger, hostileName, hostileText, NESTED_LEVELS, nestedValue } from './hostile.js';
import { mutateBytes } from './mutate-bytes.js';
import { type Field, readMessage, writeMessage, writeVarint } from './protobuf-tree.js';

const MAX_CHANGES = 4;
/** Field numbers of OTLP's messages are below this. */
const MAX_FIELD_NUMBER = 20;

/** Changes a message where its structure is, mostly so that lengths still fit; then, sometimes, its bytes. */
export function mutateProtobuf(body: Buffer, other: Buffer, uniform: Uniform): Buffer {
  const message = readMessage(body);
  if (message === null) return mutateBytes(body, uniform);
  const changes = 1 + Math.floor(uniform() * MAX_CHANGES);
  for (let change = 0; change < changes; change += 1) changeSomewhere(message, other, uniform);
  const written = writeMessage(message);
  return uniform() < 0.25 ? mutateBytes(written, uniform) : written;
}

function changeSomewhere(message: Field[], other: Buffer, uniform: Uniform): void {
  const place = pickPlace(message, uniform);
  const at = Math.floor(uniform() * place.length);
  const field = place[at];
  if (field === undefined) return;
  const change = CHANGES[Math.floor(uniform() * CHANGES.length)];
  change?.(place, at, field, other, uniform);
}

/** A message at a random depth. */
function pickPlace(message: Field[], uniform: Uniform): Field[] {
  let place = message;
  for (;;) {
    const inner = place.flatMap((field) => (field.wire === 2 && field.message !== null ? [field.message] : []));
    const next = inner[Math.floor(uniform() * inner.length)];
    if (next === undefined || uniform() < 0.12) return place;
    place = next;
  }
}

type Change = (place: Field[], at: number, field: Field, other: Buffer, uniform: Uniform) => void;

const CHANGES: readonly Change[] = [
  function drop(place, at) {
    place.splice(at, 1);
  },
  function duplicate(place, at, field) {
    place.splice(at, 0, structuredCopy(field));
  },
  function reorder(place, at, _field, _other, uniform) {
    const [moved] = place.splice(at, 1);
    if (moved) place.splice(Math.floor(uniform() * (place.length + 1)), 0, moved);
  },
  function renumber(_place, _at, field, _other, uniform) {
    field.number = 1 + Math.floor(uniform() * MAX_FIELD_NUMBER);
  },
  function number(place, at, field, _other, uniform) {
    place[at] = { number: field.number, wire: 0, value: hostileInteger(uniform) };
  },
  function fixed(place, at, field, _other, uniform) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(hostileInteger(uniform));
    place[at] = { number: field.number, wire: 1, bytes };
  },
  function text(place, at, field, _other, uniform) {
    place[at] = lengthDelimited(field.number, Buffer.from(hostileText(uniform)));
  },
  function name(place, at, field, _other, uniform) {
    place[at] = lengthDelimited(field.number, Buffer.from(hostileName(uniform)));
  },
  function notUtf8(place, at, field) {
    place[at] = lengthDelimited(field.number, Buffer.from([0xc3, 0x28, 0xff, 0xed, 0xa0, 0x80, 0x41]));
  },
  function splice(place, at, field, other, uniform) {
    const message = readMessage(other);
    if (message === null) return;
    const donor = pickPlace(message, uniform);
    const given = donor[Math.floor(uniform() * donor.length)];
    if (given) place[at] = { ...structuredCopy(given), number: uniform() < 0.5 ? field.number : given.number };
  },
  function nest(place, at, field, _other, uniform) {
    const levels = NESTED_LEVELS[Math.floor(uniform() * NESTED_LEVELS.length)] ?? 0;
    place[at] = lengthDelimited(field.number, nestedValue(levels));
  },
  function overlongVarint(place, at, field) {
    const tag = writeVarint(field.number * 8);
    place[at] = lengthDelimited(field.number, Buffer.concat([tag, Buffer.alloc(11, 0xff), Buffer.from([1])]));
  },
  function unknownField(place, at, _field, _other, uniform) {
    const number = 100 + Math.floor(uniform() * 1000);
    place.splice(at, 0, uniform() < 0.5 ? { number, wire: 0, value: 7n } : lengthDelimited(number, Buffer.from('new')));
  },
  function multiply(place, at, field, _other, uniform) {
    const times = Math.floor(uniform() * 60);
    for (let time = 0; time < times; time += 1) place.splice(at, 0, structuredCopy(field));
  },
];

function lengthDelimited(number: number, bytes: Buffer): Field {
  return { number, wire: 2, bytes, message: null };
}

function structuredCopy(field: Field): Field {
  if (field.wire !== 2 || field.message === null) return { ...field };
  return { ...field, message: field.message.map(structuredCopy) };
}
