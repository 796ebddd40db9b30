import type { Site } from './sites.js';

const MAX_DEPTH = 24;

/** The fields of a message at every depth. Bytes that could be a message are taken for one, as by `readMessage`. */
export function protobufSites(body: Buffer): Site[] {
  return sitesOf(body, 0, body.length, [], 0) ?? [];
}

/** `null` when the bytes are no message. */
function sitesOf(body: Buffer, start: number, end: number, around: readonly number[], depth: number): Site[] | null {
  const sites: Site[] = [];
  for (let position = start; position < end; ) {
    const tag = varintAt(body, position, end);
    if (tag === null || tag.value < 8) return null;
    const content = contentOf(body, tag.next, end, tag.value & 7);
    if (content === null || content.end > end) return null;
    const lengths = (tag.value & 7) === 2 ? [tag.next, ...around] : around;
    sites.push({ start: position, content: content.start, end: content.end, lengths });
    if ((tag.value & 7) === 2 && content.end - content.start > 1 && depth < MAX_DEPTH)
      sites.push(...(sitesOf(body, content.start, content.end, lengths, depth + 1) ?? []));
    position = content.end;
  }
  return sites;
}

function contentOf(body: Buffer, at: number, end: number, wire: number): { start: number; end: number } | null {
  if (wire === 1) return { start: at, end: at + 8 };
  if (wire === 5) return { start: at, end: at + 4 };
  const varint = wire === 0 || wire === 2 ? varintAt(body, at, end) : null;
  if (varint === null) return null;
  return wire === 0 ? { start: at, end: varint.next } : { start: varint.next, end: varint.next + varint.value };
}

/** A varint; beyond 2^53 its value is only nearly right. `null` when it does not end. */
export function varintAt(body: Buffer, at: number, end: number): { value: number; next: number } | null {
  let value = 0;
  let factor = 1;
  for (let next = at; next < end && next < at + 10; factor *= 0x80) {
    const byte = body[next++] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, next };
  }
  return null;
}
