import { judgeSchemas, type Policy, type SchemaVerdict } from '../compatibility/judge.js';

/** Compatibility levels, with the meaning Confluent gave them. */
export const COMPATIBILITY_MODES = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;
export type CompatibilityMode = (typeof COMPATIBILITY_MODES)[number];

/**
 * Who reads what: `backward`, the new schema reads what was written under the old one; `forward`, the old schema reads
 * what is written under the new one.
 */
export type Direction = 'backward' | 'forward';

/** A schema as its two sides see it. They differ only where a schema was left out. */
export interface VersionedSchema {
  /** What is written under it. */
  readonly written: unknown;
  /** What is accepted under it. */
  readonly read: unknown;
}

/** One comparison that a mode asked for. */
export interface DirectionVerdict {
  readonly direction: Direction;
  /** Which of the previous versions, counted from the oldest. */
  readonly against: number;
  readonly answer: SchemaVerdict;
}

/** The verdict of a mode: incompatible if one comparison is, else unknown if one is. */
export interface ModeVerdict {
  readonly mode: CompatibilityMode;
  readonly verdict: SchemaVerdict['verdict'];
  readonly checks: readonly DirectionVerdict[];
}

/** @param schema for a schema that stands for itself on both sides */
export function versioned(schema: unknown): VersionedSchema {
  return { written: schema, read: schema };
}

/**
 * Judges a new version of a schema against the previous ones.
 *
 * @param previous oldest first; modes that are not transitive look at the last only
 */
export function judgeVersions(
  previous: readonly VersionedSchema[],
  next: VersionedSchema,
  mode: CompatibilityMode,
  policy: Policy,
): ModeVerdict {
  const checks = versionsLookedAt(previous, mode).flatMap(({ version, against }) =>
    directionsOf(mode).map((direction) => {
      const [writer, reader] = direction === 'backward' ? [version, next] : [next, version];
      return { direction, against, answer: judgeSchemas(writer.written, reader.read, policy) };
    }),
  );
  return { mode, verdict: worst(checks.map(({ answer }) => answer.verdict)), checks };
}

function versionsLookedAt(previous: readonly VersionedSchema[], mode: CompatibilityMode) {
  const all = previous.map((version, against) => ({ version, against }));
  return mode.endsWith('_TRANSITIVE') ? all : all.slice(-1);
}

/** The directions a mode asks for. */
export function directionsOf(mode: CompatibilityMode): readonly Direction[] {
  if (mode === 'NONE') return [];
  if (mode.startsWith('FULL')) return ['backward', 'forward'];
  return mode.startsWith('BACKWARD') ? ['backward'] : ['forward'];
}

/** Incompatible before unknown before compatible. */
export function worst(verdicts: readonly SchemaVerdict['verdict'][]): SchemaVerdict['verdict'] {
  if (verdicts.includes('incompatible')) return 'incompatible';
  return verdicts.includes('unknown') ? 'unknown' : 'compatible';
}
