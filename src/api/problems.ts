import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, errorMessage, LeewayError } from '../model/index.js';
import type { Problem } from './schemas.js';

/** When to come back after a 503, in seconds. */
const RETRY_AFTER_SECONDS = 5;

const FRAMEWORK_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'LEEWAY_UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_BODY_TOO_LARGE: 'LEEWAY_TOO_LARGE',
  FST_ERR_CTP_INVALID_JSON_BODY: 'LEEWAY_MALFORMED',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'LEEWAY_MALFORMED',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'LEEWAY_MALFORMED',
  FST_ERR_BAD_URL: 'LEEWAY_MALFORMED',
  FST_ERR_MAX_PARAM_LENGTH: 'LEEWAY_MALFORMED',
};

type Answerer = (error: FastifyError | LeewayError, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** Answers an error as RFC 9457 problem details; what is not an expected error is logged and tells nothing. */
export function problemAnswerer(log: (message: string) => void): Answerer {
  return (error, request, reply) => {
    const known = toLeewayError(error);
    // A full spool or a service that is not ready is told to whoever asks, and shown in the metrics.
    if (known.status >= 500 && known.cause !== undefined)
      log(`${request.method} ${pathOf(request)}: ${known.code}: ${errorMessage(error)}`);
    return sendProblem(request, reply, known);
  };
}

/** Answers every error of a request that has found its route, or none, as a problem. */
export function answerProblems(server: FastifyInstance, log: (message: string) => void): void {
  server.setErrorHandler<FastifyError | LeewayError>(problemAnswerer(log));
  server.setNotFoundHandler((request, reply) =>
    sendProblem(
      request,
      reply,
      new LeewayError('LEEWAY_NOT_FOUND', `${request.method} ${pathOf(request)}: no such route; /api/docs lists them`),
    ),
  );
}

/** One problem as the answer. */
function sendProblem(request: FastifyRequest, reply: FastifyReply, error: LeewayError): FastifyReply {
  const problem: Problem = {
    type: `urn:leeway:problem:${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.message,
    code: error.code,
    instance: pathOf(request),
  };
  if (error.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply.code(error.status).type('application/problem+json').send(problem);
}

/** The error of a thing that is asked for by id and is not there. */
export function notFound(kind: string, id: string, hint: string): LeewayError {
  return new LeewayError('LEEWAY_NOT_FOUND', `there is no ${kind} ${id}; ${hint}`);
}

function toLeewayError(error: FastifyError | LeewayError): LeewayError {
  if (error instanceof LeewayError) return error;
  const code = FRAMEWORK_CODES[error.code];
  if (code) return new LeewayError(code, error.message, { cause: error });
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return new LeewayError('LEEWAY_INVALID', error.message, { cause: error });
  return new LeewayError('LEEWAY_INTERNAL', "the request could not be answered; the service's log says why", {
    cause: error,
  });
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}
