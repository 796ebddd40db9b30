import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { VersionedPointer } from './pointer.js';
import { PROMPTS } from './prompts.js';
import { type HookStats, RollbackHook } from './rollback-hook.js';
import { isRollbackRequest, rolledBack } from './rollback-request.js';

export interface RegistryOptions {
  /** `whsec_…`: what Leeway signs its webhooks with. */
  readonly webhookSecret: string;
  /** From the first webhook call on, answer 503 for this long; 0 for a registry that is well. */
  readonly failForSeconds: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

const MAX_BODY_BYTES = 64 * 1024;
const RETRY_AFTER_SECONDS = 2;

const Name = Type.Object({ name: Type.String() });
const PointerBody = Type.Object(
  {
    stable: Type.String({ minLength: 1 }),
    candidate: Type.String({ minLength: 1 }),
    candidateWeight: Type.Number({ minimum: 0, maximum: 1 }),
  },
  { additionalProperties: false },
);

/**
 * A small prompt registry: immutable versions, one weighted pointer a prompt (ETag, history), and a webhook by which
 * Leeway takes a candidate out of the traffic. It keeps everything in memory: it is an example, not a product.
 */
export function createRegistry(options: RegistryOptions): FastifyInstance {
  const app = Fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(TypeBoxValidatorCompiler);
  const pointers = new Map<string, VersionedPointer>();
  for (const [name, versions] of Object.entries(PROMPTS)) {
    const [stable = '', candidate = stable] = Object.keys(versions);
    const pointer = { stable, candidate, candidateWeight: 0 };
    pointers.set(name, new VersionedPointer(pointer, 'registry', new Date(options.now())));
  }
  addPointerRoutes(app, pointers, options.now);
  addHook(app, pointers, options);
  return app;
}

function addPointerRoutes(app: FastifyInstance, pointers: Map<string, VersionedPointer>, now: () => number): void {
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();
  const ofName = { schema: { params: Name } };

  typed.get('/prompts/:name/pointer', ofName, (request, reply) => {
    const pointer = pointers.get(request.params.name);
    if (!pointer) return reply.code(404).send({ error: 'no such prompt' });
    reply.header('etag', pointer.etag);
    if (request.headers['if-none-match'] === pointer.etag) return reply.code(304).send();
    return reply.send({ name: request.params.name, ...pointer.current.pointer });
  });

  typed.put('/prompts/:name/pointer', { schema: { params: Name, body: PointerBody } }, (request, reply) => {
    const { name } = request.params;
    const pointer = pointers.get(name);
    if (!pointer) return reply.code(404).send({ error: 'no such prompt' });
    const expected = request.headers['if-match'];
    if (expected === undefined) return reply.code(428).send({ error: 'If-Match is required: read the pointer first' });
    if (expected !== pointer.etag) return reply.code(412).send({ error: 'the pointer has moved since you read it' });
    const missing = [request.body.stable, request.body.candidate].find((version) => !PROMPTS[name]?.[version]);
    if (missing !== undefined) return reply.code(422).send({ error: `${name} has no version ${missing}` });
    pointer.move(request.body, String(request.headers['x-actor'] ?? 'api'), new Date(now()));
    return reply.header('etag', pointer.etag).send({ name, ...pointer.current.pointer });
  });

  typed.get('/prompts/:name/history', ofName, (request, reply) => {
    const pointer = pointers.get(request.params.name);
    return pointer ? reply.send({ moves: pointer.history }) : reply.code(404).send({ error: 'no such prompt' });
  });

  const ofVersion = { schema: { params: Type.Object({ name: Type.String(), version: Type.String() }) } };
  typed.get('/prompts/:name/versions/:version', ofVersion, (request, reply) => {
    const { name, version } = request.params;
    const content = PROMPTS[name]?.[version];
    if (content === undefined) return reply.code(404).send({ error: 'no such version' });
    return reply.header('cache-control', 'max-age=31536000, immutable').send({ name, version, content });
  });
}

/** The webhook needs the body as it was signed, so it lives in a context with a parser of its own. */
function addHook(app: FastifyInstance, pointers: Map<string, VersionedPointer>, options: RegistryOptions): void {
  const hook = new RollbackHook({
    secret: options.webhookSecret,
    failForSeconds: options.failForSeconds,
    now: options.now,
  });
  app.get('/stats', (): HookStats => hook.stats);
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.post<{ Body: string }>('/hooks/leeway', (request, reply) => {
      const result = hook.receive(request.body ?? '', singleHeaders(request.headers));
      if (result.kind === 'refused') return reply.code(401).send({ error: result.reason });
      if (result.kind === 'unavailable')
        return reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).send({ error: 'down for maintenance' });
      if (result.kind === 'already') return reply.send({ status: 'already' });
      if (!isRollbackRequest(result.payload)) return reply.code(400).send({ error: 'not a rollback request' });
      const { target, from, to } = result.payload.data;
      const pointer = pointers.get(target.operation);
      if (!pointer) return reply.code(404).send({ error: 'no such prompt' });
      if (!PROMPTS[target.operation]?.[to.prompt]) return reply.code(422).send({ error: 'no such version' });
      const next = rolledBack(pointer.current.pointer, from.prompt, to.prompt);
      if (next) pointer.move(next, `leeway ${result.id}`, new Date(options.now()));
      hook.accept(result.id);
      return reply.send({ status: next ? 'moved' : 'unchanged', pointer: pointer.current.pointer });
    });
  });
}

function singleHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
