import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { cleanUp } from '../support/cleanup.js';
import {
  type Answer,
  anthropicMessage,
  caseOf,
  embeddings,
  geminiContent,
  openAiChat,
  openAiResponse,
} from './provider-answers.js';

/** The APIs of three providers on one port, in the shapes of their public references. */
const ROUTES: readonly (readonly [RegExp, (situation: string, streams: boolean) => Answer])[] = [
  [/^\/v1\/chat\/completions/, openAiChat],
  [/^\/v1\/responses/, openAiResponse],
  [/^\/v1\/embeddings/, embeddings],
  [/^\/v1\/messages/, anthropicMessage],
  [/^\/v1beta\/models\/[^/]+:(?:streamGenerateContent|generateContent)/, geminiContent],
];

/** @returns its address, without a path */
export async function startProviders(): Promise<string> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  cleanUp(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return `http://127.0.0.1:${address.port}`;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const path = request.url ?? '';
  const route = ROUTES.find(([pattern]) => pattern.test(path));
  const streams = /"stream":true/.test(body) || path.includes('streamGenerateContent');
  if (!route) return void response.writeHead(404).end();
  const { status = 200, json, events } = route[1](caseOf(body), streams);
  if (events === undefined) {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    return;
  }
  response.writeHead(status, { 'content-type': 'text/event-stream' });
  for (const { name, data } of events) {
    const line = name === undefined ? '' : `event: ${name}\n`;
    response.write(`${line}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  }
  response.end();
}
