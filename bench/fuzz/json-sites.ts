import type { Site } from './sites.js';

/** What is between the structure of compact JSON: strings, numbers, true, false and null. */
const SCALAR = /"(?:[^"\\]|\\.)*"|[^[\]{},:"]+/y;

/** The values and members of a JSON text as JSON.stringify writes it; a member ends behind its comma. */
export function jsonSites(body: Buffer): Site[] {
  // One character a byte: places in the text are places in the body.
  const text = body.toString('latin1');
  const sites: Site[] = [];
  valueAt(text, 0, sites);
  return sites;
}

/** @returns where the value ends */
function valueAt(text: string, start: number, sites: Site[]): number {
  const opening = text[start];
  const end =
    opening === '{' || opening === '[' ? endOfItems(text, start, opening === '{', sites) : endOfScalar(text, start);
  sites.push({ start, content: start, end, lengths: NO_LENGTHS });
  return end;
}

function endOfItems(text: string, start: number, areMembers: boolean, sites: Site[]): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '}' && text[at] !== ']') {
    const name = areMembers ? valueAt(text, at, sites) + 1 : at;
    const end = valueAt(text, name, sites);
    const next = text[end] === ',' ? end + 1 : end;
    if (areMembers) sites.push({ start: at, content: name, end: next, lengths: NO_LENGTHS });
    at = next;
  }
  return at + 1;
}

function endOfScalar(text: string, start: number): number {
  SCALAR.lastIndex = start;
  return SCALAR.test(text) ? SCALAR.lastIndex : start + 1;
}

const NO_LENGTHS: readonly number[] = [];
