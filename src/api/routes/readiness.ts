import { Type } from 'typebox';
import { isoTime, LeewayError, REMOVABLE_KINDS } from '../../model/index.js';
import { targetOf } from '../../store/queries/target-names.js';
import { declaredReaders, recordReader } from '../../store/queries/tool-usage.js';
import type { ServerParts } from '../ports.js';
import { notFound } from '../problems.js';
import { removalReadiness } from '../readiness.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { oneOf } from '../schemas/common.js';
import { DeclaredReader, ReaderInput, RemovalReadiness } from '../schemas.js';

const DEFAULT_HOLD_SECONDS = 86_400;
/** As long as calls are kept by default. */
const MAX_HOLD_SECONDS = 60 * 86_400;

const SCHEMA_NAME = /^[0-9a-f]{12,64}$/;

const TargetQuery = Type.Object({ target: Type.String({ minLength: 1, maxLength: 64 }) });
const ReadinessQuery = Type.Interface([TargetQuery], {
  kind: oneOf(REMOVABLE_KINDS),
  name: Type.String({ minLength: 1, maxLength: 512, description: 'A version, a model, a tool, or tool.argument' }),
  holdSeconds: Type.Integer({ minimum: 60, maximum: MAX_HOLD_SECONDS, default: DEFAULT_HOLD_SECONDS }),
});
const ReaderList = Type.Object({ readers: Type.Array(DeclaredReader) });
const tags = ['catalogue'];

export function readinessRoutes(server: TypedServer, { database, clock, registry }: ServerParts): void {
  server.get(
    '/readiness',
    {
      schema: {
        tags,
        summary: 'May it be removed? Who still uses it, when last, and what is missing',
        querystring: ReadinessQuery,
        response: { 200: RemovalReadiness, ...PROBLEMS },
      },
    },
    async ({ query: { target: targetId, kind, name, holdSeconds } }) => {
      if (kind === 'schema' && !SCHEMA_NAME.test(name))
        throw new LeewayError(
          'LEEWAY_INVALID',
          'query.name of a schema is its digest, or the first 12 hex digits of it',
        );
      const target = await targetOf(database, targetId);
      if (target === null) throw notFound('target', targetId, 'GET /api/v1/targets lists them');
      return removalReadiness(database, registry.library, { target, kind, name, holdSeconds, nowMs: clock.now() });
    },
  );

  server.get(
    '/readers',
    {
      schema: {
        tags,
        summary: 'Who declared that they read something of a target',
        querystring: TargetQuery,
        response: { 200: ReaderList, ...PROBLEMS },
      },
    },
    async ({ query: { target } }) => ({
      readers: (await declaredReaders(database, target)).map(({ targetId, at, ...reader }) => {
        return { target: targetId, ...reader, since: isoTime(at) };
      }),
    }),
  );

  server.put(
    '/readers',
    {
      schema: {
        tags,
        summary: 'Say that you read something, or no longer do; what has readers is not ready to be removed',
        body: ReaderInput,
        response: { 200: DeclaredReader, ...PROBLEMS },
      },
    },
    async ({ body: { reading, target: targetId, ...reader } }) => {
      if ((await targetOf(database, targetId)) === null)
        throw notFound('target', targetId, 'GET /api/v1/targets lists them');
      const at = clock.now();
      await recordReader(database, { ...reader, targetId, at }, reading);
      return { ...reader, target: targetId, since: isoTime(at) };
    },
  );
}
