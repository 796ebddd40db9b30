import { createHash } from 'node:crypto';
import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import { type Clock, LeewayError } from '../model/index.js';
import { isAddress, isPublicAddress } from './address.js';
import { redact } from './redact.js';
import { retryAfterSeconds } from './retry-after.js';

/** A request must be answered in full within this time. */
const OUTBOUND_TIMEOUT_MS = 10_000;
/** No more of an answer is read. */
export const MAX_ANSWER_BYTES = 64 * 1024;

export interface OutboundOptions {
  /** `host` or `host:port` of destinations on addresses that are not public but may be called all the same. */
  readonly allowHosts: readonly string[];
  readonly clock: Clock;
  readonly timeoutMs?: number;
  /** How names become addresses; the system's resolver unless a test brings its own. */
  readonly lookup?: LookupFunction;
}

interface OutboundRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Taken out of whatever the answer repeats; the URL's path and query always are. */
  readonly secrets?: readonly string[];
}

export interface Answer {
  readonly kind: 'answered';
  readonly host: string;
  readonly status: number;
  readonly retryAfterSeconds?: number;
  /** At most {@link MAX_ANSWER_BYTES}, without secrets. */
  readonly body: string;
  readonly payloadDigest: string;
}

export type OutboundResult =
  | Answer
  | { readonly kind: 'unreachable'; readonly host: string; readonly detail: string; readonly payloadDigest: string };

/** The one way out of the service. */
export interface Outbound {
  /**
   * Posts a body. Redirects are answers, never followed. No message names more of the URL than its host.
   * @throws LeewayError LEEWAY_DESTINATION_REFUSED
   */
  post(request: OutboundRequest): Promise<OutboundResult>;
  /**
   * Refuses early what {@link post} would refuse by the URL alone.
   * @throws LeewayError LEEWAY_DESTINATION_REFUSED
   */
  check(url: string): void;
  close(): Promise<void>;
}

/**
 * Addresses are judged twice: the hostname of the URL if it is an address (no lookup happens for those), and every
 * address a name resolves to at the moment of connecting, so that a name cannot point elsewhere between check and use.
 */
export function createOutbound(options: OutboundOptions): Outbound {
  const allowed = new Set(options.allowHosts.map((host) => host.toLowerCase()));
  const lookup: LookupFunction = options.lookup ?? systemLookup;
  const timeoutMs = options.timeoutMs ?? OUTBOUND_TIMEOUT_MS;
  const trusted = buildConnector({ timeout: timeoutMs, lookup });
  const guarded = buildConnector({ timeout: timeoutMs, lookup: publicOnly(lookup) });
  const agent = new Agent({
    connect: (target, callback) => {
      const port = target.port || (target.protocol === 'https:' ? '443' : '80');
      (isAllowed(allowed, target.hostname, port) ? trusted : guarded)(target, callback);
    },
  });
  return {
    check: (url) => void checkedUrl(url, allowed),
    post: async (outgoing) => post(outgoing, agent, checkedUrl(outgoing.url, allowed), timeoutMs, options.clock),
    close: () => agent.close(),
  };
}

async function post(
  { url, headers, body, secrets = [] }: OutboundRequest,
  dispatcher: Dispatcher,
  { host, pathname, search }: URL,
  timeoutMs: number,
  clock: Clock,
): Promise<OutboundResult> {
  const payloadDigest = createHash('sha256').update(body).digest('hex');
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await request(url, { method: 'POST', headers: { ...headers }, body, dispatcher, signal });
    const text = redact(await readAtMost(answer.body, MAX_ANSWER_BYTES), [pathname + search, ...secrets]);
    const retryAfter = retryAfterSeconds(answer.headers['retry-after'], clock.now());
    const wait = retryAfter === null ? {} : { retryAfterSeconds: retryAfter };
    return { kind: 'answered', host, status: answer.statusCode, body: text, payloadDigest, ...wait };
  } catch (error) {
    if (error instanceof LeewayError) throw error;
    return { kind: 'unreachable', host, detail: `${host} ${failure(error, timeoutMs)}`, payloadDigest };
  }
}

function checkedUrl(text: string, allowed: ReadonlySet<string>): URL {
  if (!URL.canParse(text)) throw refused('the destination is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refused(`${url.host || 'the destination'}: only http and https are spoken`);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (isAddress(url.hostname) && !isPublicAddress(url.hostname) && !isAllowed(allowed, url.hostname, port))
    throw refused(notPublic(url.host));
  return url;
}

function isAllowed(allowed: ReadonlySet<string>, hostname: string, port: string): boolean {
  const bare = hostname.toLowerCase().replace(/^\[|\]$/g, '');
  return [bare, `[${bare}]`].some((host) => allowed.has(host) || allowed.has(`${host}:${port}`));
}

/** A lookup that fails as soon as one of the addresses is not public: a name is refused as a whole. */
function publicOnly(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const addresses = typeof found === 'string' ? [{ address: found, family: 0 }] : found;
      const [first] = addresses;
      if (!first || addresses.some(({ address }) => !isPublicAddress(address)))
        return callback(refused(notPublic(hostname)), '', 0);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

async function readAtMost(body: Dispatcher.ResponseData['body'], limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes.subarray(0, limit - size));
    size += bytes.length;
    // Leaving the loop destroys the stream and with it the connection.
    if (size >= limit) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Names the kind of failure only: messages of the HTTP client may carry the URL. */
function failure(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'ConnectTimeoutError'))
    return `did not answer within ${timeoutMs / 1000} s`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return `could not be reached (${typeof code === 'string' ? code : 'network error'})`;
}

function notPublic(host: string): string {
  return `${host} is on an address that is not public; add it to outbound.allowHosts if it is meant`;
}

function refused(message: string): LeewayError {
  return new LeewayError('LEEWAY_DESTINATION_REFUSED', message);
}
