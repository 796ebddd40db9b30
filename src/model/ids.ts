import { createHash } from 'node:crypto';
import { SURFACES, type VersionValues, type VersionVector, versionValues } from './surface.js';
import type { TargetKey } from './target.js';

/** Unit separator: cannot occur in a version, so that joined parts cannot collide. */
const SEPARATOR = '\u001f';

/** First 64 bits of SHA-256 over the parts, as 16 hex digits. Deterministic: the same facts give the same id anywhere. */
export function hash64(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join(SEPARATOR)).digest('hex').slice(0, 16);
}

/** Ids of what comes again with every call; the oldest are forgotten first. */
const MAX_REMEMBERED = 10_000;
const remembered = new Map<string, string>();

function rememberedHash64(...parts: readonly string[]): string {
  const text = parts.join(SEPARATOR);
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const id = hash64(...parts);
  remembered.set(text, id);
  const [oldest] = remembered.keys();
  if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  return id;
}

/** Ids of objects that are asked for more than once. */
const targetIds = new WeakMap<TargetKey, string>();
const vectorIds = new WeakMap<VersionVector, string>();

/** Identity of a target. */
export function targetId(target: TargetKey): string {
  const known = targetIds.get(target);
  if (known !== undefined) return known;
  const id = rememberedHash64('target', target.service, target.environment, target.operation);
  targetIds.set(target, id);
  return id;
}

/** {@link vectorId} of a vector with its sources. */
export function vectorIdOf(vector: VersionVector): string {
  const known = vectorIds.get(vector);
  if (known !== undefined) return known;
  const id = vectorId(versionValues(vector));
  vectorIds.set(vector, id);
  return id;
}

/** Identity of a version vector: a 64-bit hash of its four values (not of their sources). */
export function vectorId(values: VersionValues): string {
  return rememberedHash64('vector', ...SURFACES.map((surface) => values[surface]));
}

/** A prefixed id of a row that must be the same whoever writes it: `inc_…`, `act_…`, `rol_…`, `fnd_…`, `evt_…`. */
export function rowId(
  prefix: 'rol' | 'inc' | 'evt' | 'act' | 'fnd' | 'dep' | 'out',
  ...parts: readonly string[]
): string {
  return `${prefix}_${hash64(prefix, ...parts)}`;
}
