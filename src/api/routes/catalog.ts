import { Type } from 'typebox';
import { LeewayError } from '../../model/index.js';
import { readArtifacts, type StoredArtifact } from '../../store/queries/artifacts.js';
import { contentUse, surfaceVersions, versionUse } from '../../store/queries/catalog-versions.js';
import { listDeployments } from '../../store/queries/deployments.js';
import { targetOf } from '../../store/queries/target-names.js';
import { artifactDiff } from '../artifact-diff.js';
import { catalogueView } from '../catalogue.js';
import type { ServerParts } from '../ports.js';
import { notFound } from '../problems.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { ArtifactDiff, Catalogue } from '../schemas.js';

const DEFAULT_WINDOW_SECONDS = 3_600;
const MAX_WINDOW_SECONDS = 86_400;
/** Contents whose other users are looked for. */
const MAX_LOOKED_UP = 500;

const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' });
const CatalogueQuery = Type.Object({
  target: Type.String({ minLength: 1 }),
  windowSeconds: Type.Integer({ minimum: 60, maximum: MAX_WINDOW_SECONDS, default: DEFAULT_WINDOW_SECONDS }),
});
const tags = ['catalogue'];

export function catalogRoutes(server: TypedServer, { database, clock }: ServerParts): void {
  server.get(
    '/catalog',
    {
      schema: {
        tags,
        summary: 'Every version a target has been seen with: contents, first and last seen, share, users, history',
        querystring: CatalogueQuery,
        response: { 200: Catalogue, ...PROBLEMS },
      },
    },
    async ({ query: { target: targetId, windowSeconds } }) => {
      const target = await targetOf(database, targetId);
      if (target === null) throw notFound('target', targetId, 'GET /api/v1/targets lists them');
      const nowMs = clock.now();
      const [versions, use, deployments] = await Promise.all([
        surfaceVersions(database, targetId),
        versionUse(database, { targetId, since: Math.floor(nowMs / 1000) - windowSeconds }),
        listDeployments(database, { service: target.service }),
      ]);
      const digests = versions.flatMap((version) => version.digests.slice(0, 1)).slice(0, MAX_LOOKED_UP);
      const models = versions.filter(({ surface }) => surface === 'model').map(({ version }) => version);
      const contents = await contentUse(database, { digests, models });
      return catalogueView({ target, windowSeconds, nowMs, versions, use, contents, deployments });
    },
  );

  server.get(
    '/artifacts/:before/diff/:after',
    {
      schema: {
        tags,
        summary: 'How one content differs from another: by lines and words, in structure, and as contracts',
        params: Type.Object({ before: Digest, after: Digest }),
        response: { 200: ArtifactDiff, ...PROBLEMS },
      },
    },
    async ({ params }) => {
      const found = await readArtifacts(database, [params.before, params.after]);
      const [before, after] = [artifactIn(found, params.before), artifactIn(found, params.after)];
      if (before.kind !== after.kind)
        throw new LeewayError('LEEWAY_INVALID', `${before.kind} cannot be compared with ${after.kind}`);
      return artifactDiff(before, after);
    },
  );
}

function artifactIn(artifacts: readonly StoredArtifact[], digest: string): StoredArtifact {
  const found = artifacts.find((artifact) => artifact.digest === digest);
  if (found === undefined) throw notFound('artifact', digest, 'its content was not part of any trace');
  return found;
}
