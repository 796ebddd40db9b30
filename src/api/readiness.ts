import { declaredFields, HOLD_PARTS, judgeRemoval, type UsageFacts } from '../catalog/index.js';
import {
  type CatalogueSurface,
  targetId as idOf,
  isoTime,
  type RemovableKind,
  type TargetKey,
} from '../model/index.js';
import type { Database } from '../store/index.js';
import { contentUse, surfaceVersions } from '../store/queries/catalog-versions.js';
import { declaredReaders, podUsage, sessionUsage, type UsageQuestion, usageEver } from '../store/queries/tool-usage.js';
import type { RemovalReadiness } from './schemas.js';
import type { SeenToolList, ToolLibrary } from './tool-library.js';

/** A session that was not heard of for so long is over. */
const SESSION_IDLE_SECONDS = 1_800;

/** What is asked: may it be removed from the target? */
export interface RemovalQuestion {
  readonly target: TargetKey;
  readonly kind: RemovableKind;
  readonly name: string;
  readonly holdSeconds: number;
  readonly nowMs: number;
}

/** Who still uses it, and what is missing before it may go. Reads the target's generations of the hold time. */
export async function removalReadiness(
  database: Database,
  library: ToolLibrary,
  question: RemovalQuestion,
): Promise<RemovalReadiness> {
  const { target, kind, name, holdSeconds, nowMs } = question;
  const targetId = idOf(target);
  const now = Math.floor(nowMs / 1000);
  const asked: UsageQuestion = { targetId, kind, name, since: now - holdSeconds, now, parts: HOLD_PARTS };
  const [pods, ever, readers, offers, others] = await Promise.all([
    podUsage(database, asked),
    usageEver(database, asked),
    declaredReaders(database, targetId),
    offersOf(library, question),
    usedElsewhere(database, library, question),
  ]);
  const generations = total(pods, (pod) => pod.generations);
  const using = pods.filter(({ uses }) => uses > 0);
  const sessions =
    using.length === 0
      ? { open: 0, straddling: 0, generationsSinceUse: generations }
      : await sessionUsage(database, asked, now - Math.min(SESSION_IDLE_SECONDS, holdSeconds));
  const declared = readers.filter((one) => one.kind === kind && one.name === name);
  const facts: UsageFacts = {
    kind,
    name,
    nowMs,
    holdSeconds,
    generations,
    firstGenerationMs: ever.firstGenerationMs,
    parts: new Set(pods.flatMap(({ parts }) => parts)).size,
    blind: total(pods, ({ blind }) => blind),
    uses: total(pods, ({ uses }) => uses),
    usesLastHour: total(pods, ({ usesLastHour }) => usesLastHour),
    lastUseMs: ever.lastUseMs,
    generationsSinceUse: sessions.generationsSinceUse,
    pods: using.map(({ pod }) => pod).filter((pod) => pod !== ''),
    openSessions: sessions.open,
    straddlingSessions: sessions.straddling,
    offers,
    readers: declared.map(({ reader }) => reader),
    elsewhere: others,
  };
  const { state, ready, missing, usageUpperBound } = judgeRemoval(facts);
  return {
    target: { targetId, ...target },
    ...{ kind, name, state, ready, missing: [...missing], holdSeconds, usageUpperBound },
    generations,
    uses: facts.uses,
    usesLastHour: facts.usesLastHour,
    lastUse: facts.lastUseMs === null ? null : isoTime(facts.lastUseMs),
    pods: using.map(({ pod, uses, lastUseMs }) => ({ pod, uses, lastUse: isoTime(lastUseMs) })),
    openSessions: facts.openSessions,
    straddlingSessions: facts.straddlingSessions,
    offeredBy: [...(offers?.with ?? [])],
    elsewhere: others.map((other) => ({ targetId: idOf(other), ...other })),
    readers: declared.map(({ reader, comment, at }) => ({ reader, comment, since: isoTime(at) })),
  };
}

function total<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}

const SURFACE_OF: Partial<Record<RemovableKind, CatalogueSurface>> = {
  prompt_version: 'prompt',
  model: 'model',
  tools_version: 'tools',
  context_version: 'context',
  schema: 'output_schema',
};

/** Which tools versions of the hold time tell models of the tool or argument; `null` for everything else. */
async function offersOf(library: ToolLibrary, question: RemovalQuestion): Promise<UsageFacts['offers']> {
  const { target, kind, holdSeconds, nowMs } = question;
  if (kind !== 'tool' && kind !== 'tool_field') return null;
  const live = (await library.lists({ targetId: idOf(target) })).filter(
    ({ lastSeenMs }) => lastSeenMs >= nowMs - holdSeconds * 1000,
  );
  const offering = live.filter((list) => offersIt(list, question));
  return {
    with: [...new Set(offering.map(({ version }) => version))],
    without: live.filter((list) => list.tools !== null && !offersIt(list, question)).length,
    unreadable: live.filter(({ tools }) => tools === null).length,
  };
}

function offersIt({ tools }: SeenToolList, { kind, name }: RemovalQuestion): boolean {
  return (tools ?? []).some(
    (tool) =>
      (kind === 'tool' && tool.name === name) ||
      (kind === 'tool_field' && declaredFields(tool).some((field) => `${tool.name}.${field}` === name)),
  );
}

/** Other targets that were seen with the same content, model or, of the same service, tool within the hold time. */
async function usedElsewhere(
  database: Database,
  library: ToolLibrary,
  question: RemovalQuestion,
): Promise<TargetKey[]> {
  const { target, kind, name, holdSeconds, nowMs } = question;
  const own = idOf(target);
  const surface = SURFACE_OF[kind];
  const seen =
    surface === undefined
      ? (await library.lists({ service: target.service })).filter((list) => offersIt(list, question))
      : (await sameContent(database, own, surface, name)).filter((one) => one.surface === surface);
  const live = seen.filter((one) => one.targetId !== own && one.lastSeenMs >= nowMs - holdSeconds * 1000);
  return [...new Map(live.map((one) => [one.targetId, one])).values()].map(({ service, environment, operation }) => {
    return { service, environment, operation };
  });
}

async function sameContent(database: Database, targetId: string, surface: CatalogueSurface, name: string) {
  if (surface === 'model') return contentUse(database, { digests: [], models: [name] });
  const versions = (await surfaceVersions(database, targetId)).filter((one) => one.surface === surface);
  const digests = versions.filter((one) => one.version === name.slice(0, surface === 'output_schema' ? 12 : undefined));
  return contentUse(database, { digests: digests.flatMap((one) => one.digests) });
}
