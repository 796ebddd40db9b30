import { SURFACES } from './surface.js';

/** What the catalogue keeps versions of: the four surfaces, and the schemas that outputs were asked to satisfy. */
export const CATALOGUE_SURFACES = [...SURFACES, 'output_schema'] as const;
export type CatalogueSurface = (typeof CATALOGUE_SURFACES)[number];

/** What somebody may want to remove: a version of a surface, a tool, or one argument of a tool (`get_weather.city`). */
export const REMOVABLE_KINDS = [
  'prompt_version',
  'model',
  'tools_version',
  'context_version',
  'schema',
  'tool',
  'tool_field',
] as const;
export type RemovableKind = (typeof REMOVABLE_KINDS)[number];
