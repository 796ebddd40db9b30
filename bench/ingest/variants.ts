import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/cli/demo/free-port.js';
import { Child } from './child.js';

/** A way to take spans in, in a process of its own on a fresh directory. */
export interface RunningVariant {
  readonly url: string;
  readonly child: Child;
  readonly directory: string;
  /** Where in it the engine has its files. */
  readonly engineDirectory: string;
  /** Can the spans of this trace be read back? */
  hasTrace(traceId: string): Promise<boolean>;
}

const START_TIMEOUT_MS = 60_000;
/** Looking costs the engine something, too. */
const POLL_MS = 100;

function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'leeway-ingest-'));
}

/** @param rows of all tables that Leeway fills, or of otel_traces only */
export async function startStraightforward(rows: 'all' | 'traces'): Promise<RunningVariant> {
  const directory = temporaryDirectory();
  const child = new Child('dist/bench/ingest/straightforward-server.js', [directory, rows]);
  const { port } = await child.answer<{ port: number }>();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    child,
    directory,
    engineDirectory: directory,
    hasTrace: (traceId) => answers200(`${url}/traces/${traceId}`),
  };
}

/** As users run it: `leeway serve` with its defaults. */
export async function startLeeway(): Promise<RunningVariant> {
  const directory = temporaryDirectory();
  const port = await freePort();
  const child = new Child('dist/src/cli/main.js', ['serve'], {
    LEEWAY_DATA_DIR: directory,
    LEEWAY_PORT: String(port),
    LEEWAY_GRPC_PORT: String(await freePort()),
  });
  const url = `http://127.0.0.1:${port}`;
  await until(
    () => answers200(`${url}/readyz`),
    START_TIMEOUT_MS,
    () => `leeway is not ready: ${child.output}`,
  );
  return {
    url,
    child,
    directory,
    engineDirectory: join(directory, 'engine'),
    hasTrace: (traceId) => answers200(`${url}/api/v1/traces/${traceId}`),
  };
}

async function answers200(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false; // Not listening yet.
  }
}

/** Resolves once it holds. @throws Error with `problem` after the time */
export async function until(holds: () => Promise<boolean>, timeoutMs: number, problem: () => string): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(problem());
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
