import helmet from '@fastify/helmet';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance } from 'fastify';
import { CONTENT_SECURITY_POLICY } from './content-security-policy.js';
import { describeApi, serveDocumentation } from './documentation.js';
import { refuseForeignPages } from './foreign-pages.js';
import { servePage } from './page.js';
import type { ServerParts } from './ports.js';
import { answerProblems, problemAnswerer } from './problems.js';
import { confluentRoutes } from './routes/confluent.js';
import { healthRoutes } from './routes/health.js';
import { API_ROUTES } from './routes/index.js';
import { langfuseRoutes } from './routes/langfuse.js';
import type { TypedServer } from './routing.js';
import { validatorCompiler } from './validation.js';

/** JSON bodies of the API; OTLP has limits of its own. */
export const MAX_BODY_BYTES = 4 * 1024 ** 2;

/** A request must have arrived whole after this time. */
const REQUEST_TIMEOUT_MS = 60_000;

/** The longest id that a path may carry. */
const MAX_PATH_PARAMETER_LENGTH = 256;

/** The one HTTP server: API, documentation, web page, health, metrics and OTLP/HTTP. It is not listening yet. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const server = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER_LENGTH },
    // Paths that cannot be read never get to a route's error handler.
    frameworkErrors: problemAnswerer(parts.log),
  });
  // Only JSON is taken: a form or a text is what a foreign page could send without asking.
  server.removeContentTypeParser('text/plain');
  server.setValidatorCompiler(validatorCompiler);
  answerProblems(server, parts.log);
  measureRequests(server, parts);
  await server.register(helmet, { contentSecurityPolicy: CONTENT_SECURITY_POLICY, hsts: false });
  await describeApi(server);
  await server.register(async (scope) => healthRoutes(typed(scope), parts));
  await server.register(
    async (scope) => {
      refuseForeignPages(scope, parts.publicUrl);
      for (const routes of API_ROUTES) routes(typed(scope), parts);
    },
    { prefix: '/api/v1' },
  );
  await server.register(
    async (scope) => {
      refuseForeignPages(scope, parts.publicUrl);
      langfuseRoutes(typed(scope), parts);
    },
    { prefix: '/api/public' },
  );
  await server.register(
    async (scope) => {
      refuseForeignPages(scope, parts.publicUrl);
      confluentRoutes(scope, parts);
    },
    { prefix: '/schema-registry' },
  );
  await server.register(parts.otlp);
  await serveDocumentation(server);
  await servePage(server, parts.pageDirectory);
  return server;
}

function typed(scope: FastifyInstance): TypedServer {
  return scope.withTypeProvider<TypeBoxTypeProvider>();
}

function measureRequests(server: FastifyInstance, { telemetry }: ServerParts): void {
  server.addHook('onResponse', async (request, reply) => {
    // The route's pattern, never the path: paths carry ids, and every label value is a series.
    const route = request.routeOptions.url ?? 'unknown';
    telemetry.http.duration.observe(
      { method: request.method, route, status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
  });
}
