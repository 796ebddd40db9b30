import { type Static, Type } from 'typebox';
import { ARTIFACT_KINDS, CATALOGUE_SURFACES, VERSION_SOURCES } from '../../model/index.js';
import { nullable, oneOf, Share, Target, Time } from './common.js';

const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' });

const CatalogueVersion = Type.Object({
  version: Type.String(),
  source: oneOf(VERSION_SOURCES),
  digests: Type.Array(Digest, { description: 'Contents it was seen with, the latest first; at most 20' }),
  contents: Type.Integer({ description: 'How many contents it was seen with' }),
  standing: oneOf(['stable', 'mutated', 'templated', 'unknown'] as const),
  firstSeen: Time,
  lastSeen: Time,
  generations: Type.Integer({ description: 'In the window, each call once, shadow calls left out' }),
  share: Share,
  podCount: Type.Integer(),
  pods: Type.Array(Type.String(), { description: 'At most 20' }),
  usedBy: Type.Array(Type.Interface([Target], { lastSeen: Time }), {
    description: 'Other targets that were seen in the window with its latest content, or with the model',
  }),
});

const CatalogueEvent = Type.Object({
  at: Time,
  kind: oneOf(['first_seen', 'last_seen', 'pointer_moved'] as const),
  surface: oneOf(CATALOGUE_SURFACES),
  version: Type.String(),
  previousVersion: Type.String(),
  actor: Type.String(),
  source: Type.String(),
  comment: Type.String(),
});

export const Catalogue = Type.Object({
  target: Target,
  windowSeconds: Type.Integer(),
  generations: Type.Integer({ description: 'In the window' }),
  surfaces: Type.Array(
    Type.Object({
      surface: oneOf(CATALOGUE_SURFACES),
      missing: Type.Integer({ description: 'Generations of the window without a version of this surface' }),
      versions: Type.Array(CatalogueVersion, { description: 'The latest seen first' }),
    }),
  ),
  history: Type.Array(CatalogueEvent, { description: 'Newest first' }),
});

const ArtifactHead = Type.Object({ digest: Digest, kind: oneOf(ARTIFACT_KINDS) });

const DiffLine = Type.Object({
  kind: oneOf(['same', 'removed', 'added'] as const),
  parts: Type.Array(Type.Object({ text: Type.String(), changed: Type.Boolean() })),
});

const StructuralChange = Type.Object({
  kind: oneOf(['added', 'removed', 'changed'] as const),
  thing: oneOf(['tool', 'field', 'required', 'description', 'type', 'values', 'keyword', 'message'] as const),
  where: Type.String({ description: 'Such as get_weather.city; empty for the whole' }),
  before: Type.Unknown(),
  after: Type.Unknown(),
});

const CompatibilityLine = Type.Object({
  tool: Type.String({ description: 'Empty for a schema' }),
  change: Type.String(),
  verdict: oneOf(['compatible', 'incompatible', 'unknown'] as const),
  sentences: Type.Array(Type.String()),
  behavioural: Type.Array(Type.String(), { description: 'Where the model is told something else: JSON pointers' }),
});

export const ArtifactDiff = Type.Object({
  before: ArtifactHead,
  after: ArtifactHead,
  text: nullable(
    Type.Object({
      added: Type.Integer(),
      removed: Type.Integer(),
      hunks: Type.Array(Type.Object({ before: Type.Integer(), after: Type.Integer(), lines: Type.Array(DiffLine) }), {
        description: 'Line numbers count from 1; JSON is laid out first',
      }),
    }),
  ),
  reason: Type.String({ description: 'Why there is no text; else empty' }),
  structure: nullable(Type.Object({ changes: Type.Array(StructuralChange), complete: Type.Boolean() })),
  compatibility: nullable(
    Type.Object({
      verdict: oneOf(['compatible', 'incompatible', 'unknown'] as const),
      lines: Type.Array(CompatibilityLine),
    }),
  ),
});

export type Catalogue = Static<typeof Catalogue>;
export type ArtifactDiff = Static<typeof ArtifactDiff>;
