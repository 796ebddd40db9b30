import { at, elements, isObject } from '../../collectors/json-content.js';
import { jsonSites } from './json-sites.js';
import { protobufSites } from './protobuf-sites.js';
import { type Field, readMessage, writeMessage } from './protobuf-tree.js';
import type { Seed } from './seeds.js';
import type { Site } from './sites.js';

/** A request of one span or log record with a part of its attributes, and where in it something can be changed. */
export interface Piece extends Seed {
  readonly sites: readonly Site[];
}

/** Attributes, events and links go into one piece up to so many bytes; one that is longer has a piece for itself. */
const PIECE_BYTES = 256;
const RESOURCE_ATTRIBUTES = 2;

/** Fields of Span (attributes, events, links) and of LogRecord (attributes) that are dealt out to the pieces. */
const DEALT = {
  traces: { numbers: new Set([9, 11, 13]), names: ['attributes', 'events', 'links'] },
  logs: { numbers: new Set([6]), names: ['attributes'] },
} as const;
const LEVELS = {
  traces: { resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' },
  logs: { resources: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' },
} as const;

/** Cuts recorded bodies: a piece is read in microseconds, and every attribute of every body is in one of them. */
export function cutPieces(seeds: readonly Seed[]): Piece[] {
  return seeds.flatMap((seed) => (seed.encoding === 'json' ? cutJson(seed) : cutProtobuf(seed)));
}

function cutProtobuf(seed: Seed): Piece[] {
  const { numbers } = DEALT[seed.signal];
  const pieces: Piece[] = [];
  for (const group of messagesAt(readMessage(seed.body), 1)) {
    const resource = messagesAt(group, 1).map((message) => fieldOf(1, message.slice(0, RESOURCE_ATTRIBUTES)));
    for (const scopeItems of messagesAt(group, 2)) {
      const scope = scopeItems.filter(({ number }) => number !== 2);
      for (const item of messagesAt(scopeItems, 2)) {
        const own = item.filter(({ number }) => !numbers.has(number));
        const dealt = item.filter(({ number }) => numbers.has(number));
        for (const part of deal(dealt, (field) => writeMessage([field]).length)) {
          const items = fieldOf(2, [...scope, fieldOf(2, [...own, ...part])]);
          const body = writeMessage([fieldOf(1, [...resource, items])]);
          pieces.push({ ...seed, body, sites: protobufSites(body) });
        }
      }
    }
  }
  return pieces;
}

function messagesAt(message: readonly Field[] | null, number: number): Field[][] {
  return (message ?? []).flatMap((field) =>
    field.number === number && field.wire === 2 && field.message !== null ? [field.message] : [],
  );
}

function fieldOf(number: number, message: Field[]): Field {
  return { number, wire: 2, bytes: Buffer.alloc(0), message };
}

function cutJson(seed: Seed): Piece[] {
  const { resources, scopes, items } = LEVELS[seed.signal];
  const pieces: Piece[] = [];
  const request: unknown = JSON.parse(seed.body.toString());
  for (const group of elements(at(request, resources))) {
    const resource = { attributes: elements(at(group, 'resource', 'attributes')).slice(0, RESOURCE_ATTRIBUTES) };
    for (const scopeItems of elements(at(group, scopes)))
      for (const item of elements(at(scopeItems, items)).filter(isObject))
        for (const part of partsOfJson(item, DEALT[seed.signal].names)) {
          const scoped = { scope: at(scopeItems, 'scope'), [items]: [{ ...item, ...part }] };
          const body = Buffer.from(JSON.stringify({ [resources]: [{ resource, [scopes]: [scoped] }] }));
          pieces.push({ ...seed, body, sites: jsonSites(body) });
        }
  }
  return pieces;
}

function partsOfJson(item: object, names: readonly string[]): Record<string, unknown[]>[] {
  const dealt = names.flatMap((name) => elements(at(item, name)).map((value) => ({ name, value })));
  return deal(dealt, ({ value }) => JSON.stringify(value).length).map((part) =>
    Object.fromEntries(
      names.map((name) => [name, part.filter((entry) => entry.name === name).map(({ value }) => value)]),
    ),
  );
}

/** At least one part, also of nothing. */
function deal<Item>(items: readonly Item[], bytesOf: (item: Item) => number): Item[][] {
  const parts: Item[][] = [[]];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    if (bytes > 0 && bytes + size > PIECE_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(item);
    bytes += size;
  }
  return parts;
}
