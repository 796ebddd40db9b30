import { PassThrough } from 'node:stream';
import type { FastifyTypeProviderDefault } from 'fastify';
import { Type } from 'typebox';
import { LeewayError } from '../../model/index.js';
import type { ServerParts } from '../ports.js';
import { PROBLEMS, type TypedServer } from '../routing.js';

/** Pages that may listen at once. */
const MAX_LISTENERS = 200;

/** Proxies close silent connections; a comment keeps them open. */
const HEARTBEAT_MS = 15_000;

/** How long a browser waits before it connects again. */
const RECONNECT_MS = 2_000;

/** A page that does not read is cut off at this many bytes; it connects again and asks for everything anew. */
const MAX_BUFFERED_BYTES = 64 * 1024;

const EventStream = {
  description: '`event: change`, `data: {"topics":[…],"at":"…"}`',
  content: { 'text/event-stream': { schema: Type.String() } },
};

/** Server-sent events that say what may have changed; ended when the server closes. */
export function eventRoutes(server: TypedServer, { changes, telemetry }: ServerParts): void {
  const open = new Set<PassThrough>();

  server.addHook('preClose', async () => {
    for (const stream of open) stream.end();
  });

  // A stream is not of its schema's type.
  server.withTypeProvider<FastifyTypeProviderDefault>().get(
    '/events',
    {
      schema: {
        tags: ['service'],
        summary: 'What changed, as it changes',
        response: { 200: EventStream, ...PROBLEMS },
      },
    },
    (_request, reply) => {
      if (open.size >= MAX_LISTENERS)
        throw new LeewayError('LEEWAY_BUSY', `${MAX_LISTENERS} pages listen already; poll instead, or try again later`);
      const stream = new PassThrough();
      const send = (text: string) => {
        if (stream.writableLength > MAX_BUFFERED_BYTES) stream.destroy();
        else if (!stream.writableEnded) stream.write(text);
      };
      const unsubscribe = changes.subscribe((change) => send(`event: change\ndata: ${JSON.stringify(change)}\n\n`));
      const heartbeat = setInterval(() => send(': alive\n\n'), HEARTBEAT_MS);
      open.add(stream);
      telemetry.http.eventStreams.set(open.size);
      stream.once('close', () => {
        clearInterval(heartbeat);
        unsubscribe();
        open.delete(stream);
        telemetry.http.eventStreams.set(open.size);
      });
      send(`retry: ${RECONNECT_MS}\n\n`);
      reply.type('text/event-stream').header('cache-control', 'no-store').header('x-accel-buffering', 'no');
      return reply.send(stream);
    },
  );
}
