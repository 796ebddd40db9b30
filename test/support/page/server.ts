import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { Action, IncidentDetail } from '../../../src/api/schemas.js';
import { CONFOUNDED } from './attribution.js';
import type { Story } from './numbers.js';

/** Where `npm run build` puts the page. */
export const PAGE_DIRECTORY = join(import.meta.dirname, '../../../dist/web');

/** Stricter than anything the service sends: the page has to live with it. */
const POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PageServer {
  url: string;
  /** What is told; a test may change it, then say so with {@link PageServer.change}. */
  story: Story;
  /** Sends a change event to every open page. */
  change(...topics: string[]): void;
  /** Ends every event stream and refuses new ones, as a service that is gone would, until called with `true`. */
  answer(yes: boolean): void;
  /** `POST /incidents/…/acknowledge {"actor":"…"}` */
  readonly posts: string[];
  close(): Promise<void>;
}

/** Serves the built page and a story under the API's addresses. */
export async function servePage(story: Story): Promise<PageServer> {
  const streams = new Set<ServerResponse>();
  let answering = true;
  const page: Omit<PageServer, 'url' | 'close'> = {
    story,
    posts: [],
    change: (...topics) => {
      const data = JSON.stringify({ topics, at: new Date().toISOString() });
      for (const stream of streams) stream.write(`event: change\ndata: ${data}\n\n`);
    },
    answer: (yes) => {
      answering = yes;
      if (!yes) for (const stream of streams) stream.destroy();
    },
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://page');
    if (!url.pathname.startsWith('/api/v1/')) return sendFile(response, url.pathname);
    if (!answering) return request.socket.destroy();
    if (url.pathname === '/api/v1/events') return openStream(streams, response);
    if (request.method === 'POST') return void takePost(page, request, response, url.pathname.slice(7));
    return sendJson(response, answerTo(page.story, url));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(page, {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const stream of streams) stream.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** The JSON of a GET; `null` is a 404. */
export function answerTo(story: Story, { pathname, searchParams: query }: URL): unknown {
  const [, , , list = '', id, part] = pathname.split('/').map(decodeURIComponent);
  const target = query.get('target');
  const ofTarget = (item: { target: { targetId: string } }) => target === null || item.target.targetId === target;
  if (part === 'behaviour') return story.behaviour;
  if (part === 'attribution') return { rolloutId: id, metrics: [CONFOUNDED] };
  if (list === 'status') return story.status;
  if (list === 'targets') return { targets: story.targets };
  if (list === 'vectors') return { vectors: story.vectors.filter(({ targetId }) => targetId === target) };
  if (list === 'deployments')
    return { deployments: story.deployments.filter(({ service }) => service === query.get('service')) };
  if (list === 'findings') return { findings: story.findings.filter(({ targetId }) => targetId === target) };
  if (list === 'catalog') return target === story.catalog.catalogue.target.targetId ? story.catalog.catalogue : null;
  if (list === 'artifacts') return part === 'diff' ? story.catalog.diff : story.catalog.artifact;
  if (list === 'readiness') return story.catalog.readiness;
  if (list === 'tools') return id === undefined ? { tools: [story.catalog.tool] } : story.catalog.tool;
  if (list === 'traces') return story.traces.find(({ traceId }) => traceId === id) ?? null;
  if (list === 'generations') {
    const compliance = query.get('compliance');
    return {
      generations: story.generations.filter((one) => ofTarget(one) && (!compliance || one.compliance === compliance)),
    };
  }
  if (list === 'incidents')
    return id === undefined
      ? { incidents: story.incidents.filter(ofTarget) }
      : (story.incidents.find((one) => one.id === id) ?? null);
  if (list === 'rollouts') {
    const status = query.get('status');
    const rollouts = story.rollouts.filter((one) => ofTarget(one) && (status === null || one.status === status));
    return id === undefined ? { rollouts } : (story.rollouts.find((one) => one.id === id) ?? null);
  }
  return null;
}

async function takePost(
  page: Pick<PageServer, 'story' | 'posts'>,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  page.posts.push(`POST ${path} ${body}`);
  const [, list, id, verb] = path.split('/');
  const incident = page.story.incidents.find((one) => one.id === id || one.actions.some((action) => action.id === id));
  const action = incident?.actions.find((one) => one.id === id);
  if (list === 'actions' && action) return sendJson(response, decide(action, verb));
  return sendJson(response, incident ? settle(incident, verb) : null);
}

function decide(action: Action, verb: string | undefined): Action {
  action.status = verb === 'approve' ? 'pending' : 'cancelled';
  return action;
}

function settle(incident: IncidentDetail, verb: string | undefined): IncidentDetail {
  if (verb === 'resolve') incident.state = 'resolved';
  incident.acknowledged = true;
  return incident;
}

function sendJson(response: ServerResponse, body: unknown): void {
  const missing = {
    type: 'about:blank',
    title: 'There is no such thing',
    status: 404,
    detail: 'Not in the story.',
    code: 'LEEWAY_NOT_FOUND',
  };
  response.writeHead(body === null ? 404 : 200, {
    'content-type': body === null ? 'application/problem+json' : 'application/json',
  });
  response.end(JSON.stringify(body ?? missing));
}

function openStream(streams: Set<ServerResponse>, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('retry: 2000\n\n');
  streams.add(response);
  response.once('close', () => streams.delete(response));
}

function sendFile(response: ServerResponse, path: string): void {
  const name = extname(path) === '' ? 'index.html' : normalize(path);
  const headers = {
    'content-security-policy': POLICY,
    'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
  };
  try {
    const content = readFileSync(join(PAGE_DIRECTORY, name));
    response.writeHead(200, headers).end(content);
  } catch {
    response.writeHead(404, headers).end();
  }
}
