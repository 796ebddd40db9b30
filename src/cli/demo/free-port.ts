import { createServer } from 'node:net';

/** Below the ports that systems hand out by themselves (Linux: 32768, IANA: 49152): nobody takes one of these by chance. */
const FIRST_PORT = 10_000;
const PORTS = 20_000;
/** How far apart the first choices of two processes with neighbouring ids are. */
const PORTS_PER_PROCESS = 37;

let asked = 0;

/**
 * A port of 127.0.0.1 that nobody listens on. Asking the system for one and giving it back would hand the same port to
 * the next who asks, before the first has come to listen on it; here each process has its own to choose from.
 * @throws Error when none of the ports is free
 */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < PORTS; tried++) {
    const port = FIRST_PORT + ((process.pid * PORTS_PER_PROCESS + asked++) % PORTS);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of the ports from ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listening) await new Promise((resolve) => server.close(resolve));
  return listening;
}
