import type { Surface, Target, Version } from './versions.js';

export type CatalogueSurface = Surface | 'output_schema';

export interface CatalogueVersion {
  version: string;
  source: Version['source'];
  /** The latest first. */
  digests: string[];
  contents: number;
  standing: 'stable' | 'mutated' | 'templated' | 'unknown';
  firstSeen: string;
  lastSeen: string;
  generations: number;
  share: number;
  podCount: number;
  pods: string[];
  usedBy: (Target & { lastSeen: string })[];
}

export interface CatalogueHistory {
  at: string;
  kind: 'first_seen' | 'last_seen' | 'pointer_moved';
  surface: CatalogueSurface;
  version: string;
  previousVersion: string;
  actor: string;
  source: string;
  comment: string;
}

export interface Catalogue {
  target: Target;
  windowSeconds: number;
  generations: number;
  surfaces: { surface: CatalogueSurface; missing: number; versions: CatalogueVersion[] }[];
  history: CatalogueHistory[];
}

export type CompatibilityVerdict = 'compatible' | 'incompatible' | 'unknown';

export interface DiffLine {
  kind: 'same' | 'removed' | 'added';
  parts: { text: string; changed: boolean }[];
}

export interface ArtifactDiff {
  text: { added: number; removed: number; hunks: { before: number; after: number; lines: DiffLine[] }[] } | null;
  reason: string;
  structure: {
    changes: {
      kind: 'added' | 'removed' | 'changed';
      thing: string;
      where: string;
      before: unknown;
      after: unknown;
    }[];
    complete: boolean;
  } | null;
  compatibility: {
    verdict: CompatibilityVerdict;
    lines: {
      tool: string;
      change: string;
      verdict: CompatibilityVerdict;
      sentences: string[];
      behavioural: string[];
    }[];
  } | null;
}

export interface Readiness {
  kind: string;
  name: string;
  state: 'unknown' | 'expand' | 'migrate' | 'contract';
  ready: boolean;
  missing: string[];
  holdSeconds: number;
  generations: number;
  uses: number;
  lastUse: string | null;
  usageUpperBound: number | null;
}

export interface ToolVersionHead {
  version: number;
  digest: string;
  declared: { at: string; actor: string; comment: string } | null;
  seen: { first: string; last: string; targets: Target[] } | null;
}

export interface ToolSummary {
  service: string;
  name: string;
  subject: string;
  versions: number;
  latest: ToolVersionHead;
}

export interface ToolDetail extends ToolSummary {
  compatibility: { mode: string; policy: string };
  history: (ToolVersionHead & {
    definition: { name: string; description: string; parameters: unknown; outputSchema?: unknown };
    toPrevious: {
      verdict: CompatibilityVerdict;
      comparisons: { change: string; sentences: string[]; behavioural: string[] }[];
    } | null;
  })[];
}
