import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Addresses that the page makes itself; the server answers each with the page. */
const PAGE_PATHS = ['/rollouts', '/incidents', '/targets', '/traces', '/generations'].flatMap((path) => [
  path,
  `${path}/*`,
]);

const INDEX = 'index.html';

/** Serves the built web page, or says how to build it. */
export async function servePage(server: FastifyInstance, directory: string): Promise<void> {
  const schema = { hide: true };
  if (!existsSync(join(directory, INDEX))) {
    for (const path of ['/', ...PAGE_PATHS])
      server.get(path, { schema }, (_request, reply) => reply.code(404).type('text/plain; charset=utf-8').send(HINT));
    return;
  }
  await server.register(fastifyStatic, {
    root: directory,
    // One route for each file that was built: nothing else can be asked for.
    wildcard: false,
    index: [INDEX],
    schemaHide: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.setHeader('cache-control', path.endsWith(INDEX) ? 'no-cache' : HASHED_FILE_CACHE);
    },
  });
  for (const path of PAGE_PATHS) server.get(path, { schema }, (_request, reply) => reply.sendFile(INDEX));
}

/** Assets carry a hash of their content in their name. */
const HASHED_FILE_CACHE = 'public, max-age=31536000, immutable';

const HINT =
  'Leeway is running, but its web page is not built. Run `npm run build` and start again.\n' +
  'The API is described at /api/docs.\n';
