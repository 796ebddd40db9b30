import { Type } from 'typebox';
import { isoTime } from '../../model/index.js';
import { readArtifacts } from '../../store/queries/artifacts.js';
import { contentUse } from '../../store/queries/catalog-versions.js';
import { type StoredGeneration, traceGenerations } from '../../store/queries/generations.js';
import { traceOutcomes } from '../../store/queries/outcomes.js';
import { MAX_SPANS_PER_TRACE, readTrace } from '../../store/queries/traces.js';
import type { ServerParts } from '../ports.js';
import { notFound } from '../problems.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { Artifact, Trace, TraceId } from '../schemas.js';
import { generationView, outcomeView, spanView } from '../views.js';

const TraceParams = Type.Object({ id: TraceId });
const ArtifactParams = Type.Object({ digest: Type.String({ pattern: '^[0-9a-f]{64}$' }) });
const tags = ['traces'];

export function traceRoutes(server: TypedServer, { database }: ServerParts): void {
  server.get(
    '/traces/:id',
    {
      schema: {
        tags,
        summary: 'One trace with the exact instructions, tools and context it ran with',
        params: TraceParams,
        response: { 200: Trace, ...PROBLEMS },
      },
    },
    async ({ params: { id } }) => {
      const [spans, generations, outcomes] = await Promise.all([
        readTrace(database, id),
        traceGenerations(database, id),
        traceOutcomes(database, id),
      ]);
      if (spans.length === 0 && generations.length === 0)
        throw notFound('trace', id, 'it may not have arrived yet, or its retention is over');
      const artifacts = await readArtifacts(database, digestsOf(generations));
      return {
        traceId: id,
        complete: spans.length < MAX_SPANS_PER_TRACE,
        spans: spans.map(spanView),
        generations: generations.map(generationView),
        outcomes: outcomes.map(outcomeView),
        artifacts: artifacts.map(({ digest, kind, content }) => ({ digest, kind, content })),
      };
    },
  );

  server.get(
    '/artifacts/:digest',
    {
      schema: {
        tags,
        summary: 'The content of a version',
        params: ArtifactParams,
        response: { 200: Artifact, ...PROBLEMS },
      },
    },
    async ({ params: { digest } }) => {
      const [[artifact], uses] = await Promise.all([
        readArtifacts(database, [digest]),
        contentUse(database, { digests: [digest] }),
      ]);
      if (!artifact) throw notFound('artifact', digest, 'its content was not part of any trace');
      // The content is stored again after a restart; when it was first used is known apart.
      const firstSeen = Math.min(artifact.firstSeen, ...uses.map(({ firstSeenMs }) => firstSeenMs));
      return {
        ...artifact,
        firstSeen: isoTime(firstSeen),
        usedBy: uses.map(({ firstSeenMs, lastSeenMs, digest: _, ...use }) => {
          return { ...use, firstSeen: isoTime(firstSeenMs), lastSeen: isoTime(lastSeenMs) };
        }),
      };
    },
  );
}

function digestsOf(generations: readonly StoredGeneration[]): string[] {
  const digests = generations.flatMap((row) => [
    row.prompt_digest,
    row.tools_digest,
    row.context_digest,
    row.schema_digest,
  ]);
  return [...new Set(digests)].filter((digest) => digest !== '');
}
