#!/usr/bin/env node
import { errorMessage, LeewayError } from '../model/index.js';
import { runLeeway } from './commands.js';

const EXIT_FAILED = 1;

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => abort.abort());
// A reader that went away (`leeway … | head`) is no reason for a stack trace.
process.stdout.on('error', () => process.exit(0));

try {
  process.exitCode = await runLeeway(process.argv.slice(2), {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    env: process.env,
    signal: abort.signal,
  });
} catch (error) {
  // What Leeway raises on purpose explains itself; anything else is a bug and shows where.
  const text = error instanceof LeewayError ? `${error.code}: ${error.message}` : (error as Error).stack;
  process.stderr.write(`leeway: ${text ?? errorMessage(error)}\n`);
  process.exitCode = EXIT_FAILED;
}
