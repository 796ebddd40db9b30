import type { Attributes } from '../types.js';
import { WireAttributes } from '../wire/attributes.js';
import type { Shape } from '../wire/shape.js';
import type { AllSources, ConventionFields, Source } from './convention.js';
import { askSources, everyField } from './fields.js';
import type { ModelCall } from './model-call.js';

/** Fields that a deployment tells with every call alike: read once for all calls whose attributes for them are the same. */
const STANDING_FIELDS = [
  'provider',
  'requestedModel',
  'servedModel',
  'systemFingerprint',
  'service',
  'serviceVersion',
  'environment',
  'operation',
  'pod',
  'modelVersion',
  'promptVersion',
  'toolsVersion',
  'contextVersion',
  'instructions',
  'template',
  'tools',
  'outputType',
  'outputSchema',
  'finishReason',
  'errorType',
  'guardrail',
  'region',
  'rolloutId',
  'arm',
] as const satisfies readonly (keyof ConventionFields)[];

/** A field that may be taken from another call of the deployment. */
export type StandingField = (typeof STANDING_FIELDS)[number];

const IS_STANDING: ReadonlySet<string> = new Set(STANDING_FIELDS);

/** The attributes of a shape that the standing fields are read from, and whether it pays to compare them. */
export interface StandingKey {
  readonly shape: Shape;
  readonly positions: readonly number[];
  hits: number;
  misses: number;
}

interface Entry {
  readonly key: StandingKey;
  readonly resource: Attributes;
  readonly promptFlag: string;
  readonly identities: Int32Array;
  readonly sources: AllSources;
}

/** Deployments × pods that are remembered, one a slot. A power of two. */
const SLOTS = 512;
const entries = new Array<Entry | undefined>(SLOTS).fill(undefined);

/** Attributes that one key may be made of. */
const MAX_POSITIONS = 64;
const identities = new Int32Array(MAX_POSITIONS);

const TRIALS = 64;
const WORTHWHILE = 2;

/** @returns `null` when something of a call beside its attributes and its resource may tell a standing field */
export function standingKeyOf(plan: AllSources, shape: Shape): StandingKey | null {
  const positions = new Set<number>();
  for (const field of STANDING_FIELDS) {
    for (const { reads } of plan[field]) {
      if (reads === undefined || reads.events || reads.prefixes || reads.parent) return null;
      for (const name of reads.attributes ?? []) {
        const position = shape.position(name);
        if (position !== undefined) positions.add(position);
      }
    }
  }
  if (positions.size > MAX_POSITIONS) return null;
  return { shape, positions: [...positions], hits: 0, misses: 0 };
}

/** Sources that remember what calls like this one share; `null` when there are none to share. */
export function standingSourcesOf(call: ModelCall, key: StandingKey, sources: AllSources): AllSources | null {
  const { attributes, resource } = call.span;
  if (!(attributes instanceof WireAttributes)) return null;
  if (key.misses > TRIALS && key.misses > key.hits * WORTHWHILE) return null;
  const hash = attributes.identify(key.positions, identities);
  if (hash === null) return null;
  const slot = hash & (SLOTS - 1);
  const known = entries[slot];
  if (known !== undefined && isSame(known, key, resource, call.promptFlag)) {
    key.hits++;
    return known.sources;
  }
  key.misses++;
  const mine = identities.slice(0, key.positions.length);
  const entry = { key, resource, promptFlag: call.promptFlag, identities: mine, sources: remembering(sources) };
  entries[slot] = entry;
  return entry.sources;
}

/** The standing fields are read once, from the first call that is asked for them. */
function remembering(sources: AllSources): AllSources {
  return everyField((field) => (IS_STANDING.has(field) ? [once(sources[field])] : sources[field]));
}

function once<T>(sources: readonly Source<T>[]): Source<T> {
  let known: { readonly value: T | undefined } | null = null;
  return {
    read: (call) => {
      known ??= { value: askSources(sources, call) };
      return known.value;
    },
  };
}

function isSame(entry: Entry, key: StandingKey, resource: Attributes, promptFlag: string): boolean {
  if (entry.key !== key || entry.resource !== resource || entry.promptFlag !== promptFlag) return false;
  for (let index = 0; index < key.positions.length; index++) {
    if (entry.identities[index] !== identities[index]) return false;
  }
  return true;
}
