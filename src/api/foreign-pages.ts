import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LeewayError } from '../model/index.js';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);
const LOOPBACK_ADDRESSES = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const SAFE_METHODS = new Set(['GET', 'HEAD']);

/**
 * Any page that a person opens can send requests to this machine. Two things keep it from reading prompts or approving
 * rollbacks: what changes something must come from Leeway's own page (or from no page at all), and on the loopback
 * address Leeway answers only to its own names, so that a name that was pointed here (DNS rebinding) gets nothing.
 * @param publicUrl a name that a proxy on this machine may pass on
 */
export function refuseForeignPages(server: FastifyInstance, publicUrl = ''): void {
  const publicHost = URL.canParse(publicUrl) ? new URL(publicUrl).host : '';
  server.addHook('onRequest', async (request) => {
    const { origin } = request.headers;
    if (!isOwnName(request, publicHost))
      throw forbidden(`this address does not answer to the name ${request.host}: set publicUrl in the configuration`);
    if (origin !== undefined && !SAFE_METHODS.has(request.method) && !isOwnOrigin(origin, request, publicHost))
      throw forbidden(`${request.method} from a page of ${origin} is refused`);
  });
}

function isOwnName(request: FastifyRequest, publicHost: string): boolean {
  if (!LOOPBACK_ADDRESSES.has(request.socket.localAddress ?? '')) return true;
  if (request.host === publicHost || request.host === '') return true;
  return URL.canParse(`http://${request.host}`) && LOOPBACK_NAMES.has(new URL(`http://${request.host}`).hostname);
}

function isOwnOrigin(origin: string, request: FastifyRequest, publicHost: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return host !== '' && (host === request.host || host === publicHost);
}

function forbidden(message: string): LeewayError {
  return new LeewayError('LEEWAY_FORBIDDEN', message);
}
