import type { FastifyError, FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { errorMessage, LeewayError, MAX_OUTCOMES_PER_REQUEST } from '../../model/index.js';
import type { ServerParts } from '../ports.js';
import type { TypedServer } from '../routing.js';

/** When to come back while the spool is full, in seconds. */
const RETRY_AFTER_SECONDS = 5;

const EventError = Type.Object({
  id: Type.String(),
  status: Type.Integer(),
  message: Type.String(),
  error: Type.String(),
});
const IngestionAnswer = Type.Object({
  successes: Type.Array(Type.Object({ id: Type.String(), status: Type.Integer() })),
  errors: Type.Array(EventError),
});
const IngestionBody = Type.Object({
  batch: Type.Array(Type.Unknown(), { maxItems: MAX_OUTCOMES_PER_REQUEST }),
});
const ScoreBody = Type.Object({}, { additionalProperties: true });
const Failure = Type.Object({ message: Type.String(), error: Type.String() });
const FAILURES = { '4xx': Failure, '5xx': Failure } as const;
const tags = ['outcomes'];

/**
 * Where Langfuse's SDKs send scores, below /api/public: their `baseUrl` may be Leeway's. Answers have Langfuse's own
 * form, errors too. Keys are not checked, as on the rest of the API.
 */
export function langfuseRoutes(server: TypedServer, { clock, intake, telemetry, log }: ServerParts): void {
  answerAsLangfuse(server, log);

  server.post(
    '/ingestion',
    {
      schema: {
        tags,
        summary: "Scores as Langfuse's SDKs send them",
        description: 'Events of type score-create become outcomes; other events are refused one by one.',
        body: IngestionBody,
        response: { 207: IngestionAnswer, ...FAILURES },
      },
    },
    async ({ body }, reply) => {
      const { successes, errors } = await intake.langfuse(body.batch, clock.now());
      telemetry.ingest.outcomes.inc(successes.length);
      return reply.code(207).send({ successes: [...successes], errors: [...errors] });
    },
  );

  server.post(
    '/scores',
    {
      schema: {
        tags,
        summary: "One score in Langfuse's form",
        body: ScoreBody,
        response: { 200: Type.Object({ id: Type.String() }), ...FAILURES },
      },
    },
    async ({ body }, reply) => {
      const id = 'id' in body && typeof body.id === 'string' ? body.id : '';
      const event = { id, type: 'score-create', body };
      const { successes, errors } = await intake.langfuse([event], clock.now());
      const [problem] = errors;
      if (problem) return reply.code(400).send({ message: problem.message, error: problem.error });
      telemetry.ingest.outcomes.inc(successes.length);
      return reply.code(200).send({ id: successes[0]?.scoreId ?? id });
    },
  );
}

/** Langfuse's SDKs read `message` and `error` of a body that tells of an error. */
function answerAsLangfuse(server: Pick<FastifyInstance, 'setErrorHandler'>, log: (message: string) => void): void {
  server.setErrorHandler<FastifyError | LeewayError>((error, request, reply) => {
    const status = error instanceof LeewayError ? error.status : (error.statusCode ?? 500);
    if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
    if (status < 500 || (error instanceof LeewayError && error.cause === undefined))
      return reply.code(status).send({ message: error.message, error: 'Invalid request data' });
    log(`${request.method} ${request.routeOptions.url ?? ''}: ${errorMessage(error)}`);
    return reply.code(status).send({
      message: "the request could not be answered; the service's log says why",
      error: 'Internal Server Error',
    });
  });
}
