import { createServer, type Server } from 'node:http';
import { DemoFailure } from './demo-failure.js';

/** A message that Leeway sent to a person. */
export type ReceivedMessage =
  | { readonly channel: 'slack'; readonly title: string }
  | { readonly channel: 'pager'; readonly action: string; readonly title: string; readonly dedupKey: string };

const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Stands in for Slack's incoming webhook and PagerDuty's Events v2: accepts, as they do, and keeps what it was told. */
export class MessageReceiver {
  readonly messages: ReceivedMessage[] = [];
  readonly #server: Server;
  readonly #onMessage: (message: ReceivedMessage) => void;

  constructor(onMessage: (message: ReceivedMessage) => void) {
    this.#onMessage = onMessage;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      request.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MAX_MESSAGE_BYTES) chunks.push(chunk);
      });
      request.on('end', () => {
        const isSlack = request.url?.startsWith('/slack') ?? false;
        const message = parseMessage(isSlack, Buffer.concat(chunks).toString('utf8'));
        if (!message) response.writeHead(400, { 'content-type': 'text/plain' }).end('invalid_payload');
        else if (isSlack) response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
        else response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"success"}');
        if (message) this.#take(message);
      });
    });
  }

  /** @returns its address, `http://127.0.0.1:PORT` */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new DemoFailure('the message receiver has no port');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(message: ReceivedMessage): void {
    this.messages.push(message);
    this.#onMessage(message);
  }
}

/** `undefined` when it is not JSON. */
function parseMessage(isSlack: boolean, body: string): ReceivedMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (isSlack) return { channel: 'slack', title: text(field(value, 'text')).split('\n')[0] ?? '' };
  return {
    channel: 'pager',
    action: text(field(value, 'event_action')),
    title: text(field(field(value, 'payload'), 'summary')),
    dedupKey: text(field(value, 'dedup_key')),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
