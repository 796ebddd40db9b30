import { LeewayError, SURFACES, type Surface } from '../../src/model/index.js';
import { at, isObject, textAt } from '../json-content.js';

type Path = readonly (string | number)[];

/** UTF-16 units of a name, a version or an id in a webhook; a longer one is none. */
export const MAX_WEBHOOK_NAME_LENGTH = 512;

/** UTF-16 units that are kept of a comment in a webhook. */
export const MAX_WEBHOOK_COMMENT_LENGTH = 1024;

/**
 * A text, or a number spelled as one.
 * @throws LeewayError LEEWAY_INVALID naming the field when it is missing, empty or too long
 */
export function requiredText(payload: unknown, ...path: Path): string {
  const text = optionalText(payload, ...path);
  if (text === '') throw malformed(path, 'must be a text that is not empty');
  return text;
}

/**
 * A text, or a number spelled as one; empty where there is none.
 * @throws LeewayError LEEWAY_INVALID naming the field when it is too long
 */
export function optionalText(payload: unknown, ...path: Path): string {
  const text = textAt(payload, ...path) ?? '';
  if (text.length > MAX_WEBHOOK_NAME_LENGTH)
    throw malformed(path, `must not have more than ${MAX_WEBHOOK_NAME_LENGTH} characters`);
  return text;
}

/** Words for people, cut to {@link MAX_WEBHOOK_COMMENT_LENGTH}; empty where there are none. */
export function comment(payload: unknown, ...path: Path): string {
  return (textAt(payload, ...path) ?? '').slice(0, MAX_WEBHOOK_COMMENT_LENGTH);
}

/** @throws LeewayError LEEWAY_INVALID naming the field */
export function requiredObject(payload: unknown, ...path: Path): object {
  const value = at(payload, ...path);
  if (!isObject(value)) throw malformed(path, 'must be an object');
  return value;
}

/**
 * A time as RFC 3339 or as milliseconds since the Unix epoch; `null` where there is none.
 * @throws LeewayError LEEWAY_INVALID naming the field when it is something else
 */
export function optionalTime(payload: unknown, ...path: Path): number | null {
  const value = at(payload, ...path);
  if (value === undefined || value === '') return null;
  const isMilliseconds = typeof value === 'number' || (typeof value === 'string' && /^\d{1,16}$/.test(value));
  const time = isMilliseconds ? Number(value) : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isFinite(time)) throw malformed(path, 'must be a time: RFC 3339, or milliseconds since the Unix epoch');
  return time;
}

/**
 * A surface; `null` where none is named.
 * @throws LeewayError LEEWAY_INVALID naming the field when there is no such surface
 */
export function optionalSurface(payload: unknown, ...path: Path): Surface | null {
  const text = optionalText(payload, ...path);
  if (text === '') return null;
  const surface = SURFACES.find((known) => known === text);
  if (surface === undefined) throw malformed(path, `must be one of ${SURFACES.join(', ')}`);
  return surface;
}

/** `body.prompt.labels[0] must be …` */
function malformed(path: Path, problem: string): LeewayError {
  const name = path.reduce<string>(
    (so, step) => (typeof step === 'number' ? `${so}[${step}]` : `${so}.${step}`),
    'body',
  );
  return new LeewayError('LEEWAY_INVALID', `${name} ${problem}`);
}
