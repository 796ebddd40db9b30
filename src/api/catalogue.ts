import {
  CATALOGUE_SURFACES,
  type CatalogueSurface,
  type Deployment,
  targetId as idOf,
  isoTime,
  type TargetKey,
} from '../model/index.js';
import {
  type ContentUse,
  MAX_CONTENTS_NAMED,
  type SurfaceVersion,
  type VersionUse,
} from '../store/queries/catalog-versions.js';
import type { Catalogue } from './schemas.js';

/** What the catalogue of a target is made of. */
export interface CatalogueFacts {
  readonly target: TargetKey;
  readonly windowSeconds: number;
  readonly nowMs: number;
  readonly versions: readonly SurfaceVersion[];
  readonly use: readonly VersionUse[];
  /** Where its contents and models are used, this target included. */
  readonly contents: readonly ContentUse[];
  readonly deployments: readonly Deployment[];
}

/** Events of the history that are told. */
const MAX_EVENTS = 200;

export function catalogueView(facts: CatalogueFacts): Catalogue {
  const generations = usesOf(facts, 'model').reduce((sum, { generations: n }) => sum + n, 0);
  return {
    target: { targetId: idOf(facts.target), ...facts.target },
    windowSeconds: facts.windowSeconds,
    generations,
    surfaces: CATALOGUE_SURFACES.map((surface) => ({
      surface,
      missing: usesOf(facts, surface).find(({ version }) => version === '')?.generations ?? 0,
      versions: facts.versions
        .filter((one) => one.surface === surface)
        .map((version) => versionView(facts, version, generations)),
    })),
    history: historyOf(facts),
  };
}

type Surface = Catalogue['surfaces'][number];
type Version = Surface['versions'][number];

function usesOf({ use }: CatalogueFacts, surface: CatalogueSurface): VersionUse[] {
  return use.filter((one) => one.surface === surface);
}

function versionView(facts: CatalogueFacts, version: SurfaceVersion, total: number): Version {
  const used = usesOf(facts, version.surface).find((one) => one.version === version.version);
  return {
    version: version.version,
    source: version.source,
    digests: [...version.digests],
    contents: version.contents,
    standing: standingOf(version),
    firstSeen: isoTime(version.firstSeenMs),
    lastSeen: isoTime(version.lastSeenMs),
    generations: used?.generations ?? 0,
    share: total === 0 ? 0 : (used?.generations ?? 0) / total,
    podCount: used?.podCount ?? 0,
    pods: [...(used?.pods ?? [])].sort(),
    usedBy: usersOf(facts, version),
  };
}

/** One tag, one content; two, and it was edited after it was published; many, and it is rendered for every call. */
function standingOf({ surface, source, contents }: SurfaceVersion): Version['standing'] {
  if (surface === 'model' || source === 'derived') return 'stable';
  if (contents === 0) return 'unknown';
  return contents === 1 ? 'stable' : contents <= MAX_CONTENTS_NAMED ? 'mutated' : 'templated';
}

function usersOf(
  { target, contents, nowMs, windowSeconds }: CatalogueFacts,
  version: SurfaceVersion,
): Version['usedBy'] {
  const [latest] = version.digests;
  const isSame = (one: ContentUse) =>
    version.surface === 'model' ? one.version === version.version : one.digest === latest;
  const own = idOf(target);
  const users = contents.filter(
    (one) =>
      one.surface === version.surface &&
      one.targetId !== own &&
      isSame(one) &&
      one.lastSeenMs >= nowMs - windowSeconds * 1000,
  );
  return [...new Map(users.map((one) => [one.targetId, one])).values()].map((one) => ({
    targetId: one.targetId,
    service: one.service,
    environment: one.environment,
    operation: one.operation,
    lastSeen: isoTime(one.lastSeenMs),
  }));
}

function historyOf({ target, versions, deployments, nowMs, windowSeconds }: CatalogueFacts): Catalogue['history'] {
  const said = { previousVersion: '', actor: '', source: 'traces', comment: '' };
  const seen = versions.flatMap(({ surface, version, firstSeenMs, lastSeenMs }) => [
    { atMs: firstSeenMs, kind: 'first_seen' as const, surface, version, ...said },
    // What is still served has no end yet.
    ...(lastSeenMs < nowMs - windowSeconds * 1000
      ? [{ atMs: lastSeenMs, kind: 'last_seen' as const, surface, version, ...said }]
      : []),
  ]);
  const moved = deployments
    .filter((one) => isAbout(one, target))
    .map(({ at, surface, version, previousVersion, actor, source, comment }) => {
      return { atMs: at, kind: 'pointer_moved' as const, surface, version, previousVersion, actor, source, comment };
    });
  return [...seen, ...moved]
    .sort((a, b) => b.atMs - a.atMs)
    .slice(0, MAX_EVENTS)
    .map(({ atMs, ...event }) => ({ at: isoTime(atMs), ...event }));
}

/** A deployment that names no environment or operation is about all of the service's. */
function isAbout(deployment: Deployment, target: TargetKey): boolean {
  return (
    deployment.service === target.service &&
    ['', target.environment].includes(deployment.environment) &&
    ['', target.operation].includes(deployment.operation)
  );
}
