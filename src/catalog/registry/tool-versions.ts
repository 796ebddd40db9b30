import type { TargetKey } from '../../model/index.js';
import type { ToolContract } from '../contracts/tools.js';
import { digestOf } from './definitions.js';

/** A definition in the traces of one target. Times in milliseconds since the Unix epoch. */
export interface ToolSighting {
  readonly definition: ToolContract;
  readonly target: TargetKey & { readonly targetId: string };
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly learnedAtMs: number;
}

/** A definition that somebody declared. */
export interface ToolDeclaration {
  readonly definition: ToolContract;
  readonly actor: string;
  readonly comment: string;
  readonly atMs: number;
  readonly learnedAtMs: number;
}

/** One definition of a tool, however often and in whichever way Leeway was told of it. */
export interface ToolVersion {
  /** From 1, in the order in which Leeway learned of them. */
  readonly version: number;
  /** Of the whole definition, so that a changed description is a version too. */
  readonly digest: string;
  readonly definition: ToolContract;
  readonly declared: Pick<ToolDeclaration, 'actor' | 'comment' | 'atMs'> | null;
  readonly seen: {
    readonly firstSeenMs: number;
    readonly lastSeenMs: number;
    readonly targets: readonly ToolSighting['target'][];
  } | null;
}

interface Gathered {
  readonly definition: ToolContract;
  readonly sightings: ToolSighting[];
  declaration: ToolDeclaration | null;
}

/** The versions of one tool of one service, oldest first. */
export function toolVersions(
  sightings: readonly ToolSighting[],
  declarations: readonly ToolDeclaration[],
): ToolVersion[] {
  const byDigest = new Map<string, Gathered>();
  const gatheredFor = (definition: ToolContract): Gathered => {
    const digest = digestOf(definition);
    const known = byDigest.get(digest) ?? { definition, sightings: [], declaration: null };
    byDigest.set(digest, known);
    return known;
  };
  for (const sighting of sightings) gatheredFor(sighting.definition).sightings.push(sighting);
  for (const declaration of declarations) gatheredFor(declaration.definition).declaration ??= declaration;
  return [...byDigest]
    .map(([digest, gathered]) => ({ digest, gathered, order: orderOf(gathered) }))
    .sort(
      (a, b) => a.order.learned - b.order.learned || a.order.first - b.order.first || (a.digest < b.digest ? -1 : 1),
    )
    .map(({ digest, gathered }, index) => versionOf(index + 1, digest, gathered));
}

/** What is learned later comes later, whatever time it says it is from: a number, once given, stays. */
function orderOf({ sightings, declaration }: Gathered): { learned: number; first: number } {
  const all = [...sightings.map((one) => [one.learnedAtMs, one.firstSeenMs] as const)];
  if (declaration !== null) all.push([declaration.learnedAtMs, declaration.atMs]);
  return {
    learned: Math.min(...all.map(([learned]) => learned)),
    first: Math.min(...all.map(([, first]) => first)),
  };
}

function versionOf(version: number, digest: string, { definition, sightings, declaration }: Gathered): ToolVersion {
  const targets = new Map(sightings.map(({ target }) => [target.targetId, target]));
  const seen = {
    firstSeenMs: Math.min(...sightings.map(({ firstSeenMs }) => firstSeenMs)),
    lastSeenMs: Math.max(...sightings.map(({ lastSeenMs }) => lastSeenMs)),
    targets: [...targets.values()],
  };
  const declared =
    declaration === null ? null : { actor: declaration.actor, comment: declaration.comment, atMs: declaration.atMs };
  return { version, digest, definition, declared, seen: sightings.length === 0 ? null : seen };
}
