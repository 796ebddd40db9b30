/** The four things of an AI deployment that change independently. */
export const SURFACES = ['model', 'prompt', 'tools', 'context'] as const;
export type Surface = (typeof SURFACES)[number];

/** How Leeway knows a version: the client said so, it is the hash of the content, or nobody knows. */
export const VERSION_SOURCES = ['tagged', 'derived', 'missing'] as const;
export type VersionSource = (typeof VERSION_SOURCES)[number];

/** A version is an opaque string, never parsed as a number; the empty string when `missing`. */
export interface Version {
  readonly value: string;
  readonly source: VersionSource;
}

export const MISSING_VERSION: Version = { value: '', source: 'missing' };

/** The four versions one generation ran with. */
export type VersionVector = Readonly<Record<Surface, Version>>;

/** The values alone, as they are compared, hashed and shown. */
export type VersionValues = Readonly<Record<Surface, string>>;

export function versionValues(vector: VersionVector): VersionValues {
  return {
    model: vector.model.value,
    prompt: vector.prompt.value,
    tools: vector.tools.value,
    context: vector.context.value,
  };
}

/** The surfaces on which two vectors differ, in the order of {@link SURFACES}. */
export function changedSurfaces(a: VersionValues, b: VersionValues): Surface[] {
  return SURFACES.filter((surface) => a[surface] !== b[surface]);
}

/** One line for people: `prompt v13 · model gpt-4o-2024-11-20`, only the surfaces that are known. */
export function describeVersions(values: Partial<VersionValues>): string {
  const known = SURFACES.filter((surface) => values[surface]).map((surface) => `${surface} ${values[surface]}`);
  return known.length > 0 ? known.join(' · ') : 'no known version';
}
