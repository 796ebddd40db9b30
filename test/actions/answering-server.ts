import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Handler = (request: ReceivedRequest, response: ServerResponse, index: number) => void;

export interface AnsweringServer {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Everything received so far, in order. */
  readonly requests: ReceivedRequest[];
  /** Answers from now on. */
  handler: Handler;
}

export const answer =
  (status: number, headers: Record<string, string> = {}, body = ''): Handler =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };

/** A real HTTP server on a free port of this machine that records what it gets; closed after the test file. */
export async function startServer(handler: Handler = answer(200)): Promise<AnsweringServer> {
  const http = createServer((request, response) => void receive(request, response));
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const { port } = http.address() as AddressInfo;
  const server: AnsweringServer = {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    port,
    requests: [],
    handler,
  };
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const body = Buffer.concat(chunks).toString();
    const index = server.requests.push({ method: request.method ?? '', path: request.url ?? '', headers, body }) - 1;
    server.handler(server.requests[index] ?? { method: '', path: '', headers, body }, response, index);
  }
  afterAll(async () => {
    http.closeAllConnections();
    await new Promise((closed) => http.close(closed));
  });
  return server;
}
