import { MISSING_VERSION, type Surface, type TargetKey, targetId, type VersionVector } from '../src/model/index.js';

/** A surface that shows more contents than this in an hour has no version that can be derived from them. */
export const MAX_DERIVED_VERSIONS_PER_HOUR = 20;

/** Targets × surfaces that are followed; the one that was longest without a new hour is forgotten first. */
const MAX_FOLLOWED = 30_000;
const HOUR_MS = 3_600_000;

/** The model's derived version is its name, not a digest of content: it cannot be a template. */
const DERIVED_SURFACES = ['prompt', 'tools', 'context'] as const satisfies readonly Surface[];

type DerivedSurface = (typeof DERIVED_SURFACES)[number];

interface Hour {
  readonly startMs: number;
  readonly values: Set<string>;
  /** Did the hour before show too many? Then this one must end quietly first. */
  readonly wasUnsettled: boolean;
}

/** Tells derived versions from templates, whose every rendering would be a version. */
export interface VersionSettling {
  /** The vector, itself where nothing is withheld, with `missing` for a derived version of a surface that does not settle. */
  settle(target: TargetKey, vector: VersionVector, nowMs: number): VersionVector;
  /** Versions withheld since the start. */
  readonly withheld: number;
}

export function createVersionSettling(): VersionSettling {
  const hours = new Map<string, Hour>();
  let withheld = 0;

  function isSettled(key: string, value: string, nowMs: number): boolean {
    const hour = currentHour(hours, key, nowMs);
    if (hour.values.size <= MAX_DERIVED_VERSIONS_PER_HOUR) hour.values.add(value);
    return !hour.wasUnsettled && !isTooMany(hour);
  }

  return {
    settle(target, vector, nowMs) {
      if (DERIVED_SURFACES.every((surface) => vector[surface].source !== 'derived')) return vector;
      const keys = keysOf(target);
      let settled = vector;
      for (const surface of DERIVED_SURFACES) {
        const version = vector[surface];
        if (version.source !== 'derived' || isSettled(keys[surface], version.value, nowMs)) continue;
        settled = { ...settled, [surface]: MISSING_VERSION };
        withheld++;
      }
      return settled;
    },
    get withheld() {
      return withheld;
    },
  };
}

/** Made once for each target that comes again: a text that was just put together is hashed anew. */
const knownKeys = new WeakMap<TargetKey, Readonly<Record<DerivedSurface, string>>>();

function keysOf(target: TargetKey): Readonly<Record<DerivedSurface, string>> {
  const known = knownKeys.get(target);
  if (known !== undefined) return known;
  const id = targetId(target);
  const keys = { prompt: `${id} prompt`, tools: `${id} tools`, context: `${id} context` };
  knownKeys.set(target, keys);
  return keys;
}

function isTooMany(hour: Hour): boolean {
  return hour.values.size > MAX_DERIVED_VERSIONS_PER_HOUR;
}

function currentHour(hours: Map<string, Hour>, key: string, nowMs: number): Hour {
  const known = hours.get(key);
  if (known !== undefined && nowMs < known.startMs + HOUR_MS) return known;
  const wasUnsettled = known !== undefined && isTooMany(known) && nowMs < known.startMs + 2 * HOUR_MS;
  const hour = { startMs: nowMs, values: new Set<string>(), wasUnsettled };
  hours.delete(key);
  hours.set(key, hour);
  const [oldest] = hours.keys();
  if (hours.size > MAX_FOLLOWED && oldest !== undefined) hours.delete(oldest);
  return hour;
}
