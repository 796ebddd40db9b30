#!/usr/bin/env node
import { errorMessage, LeewayError } from '../model/index.js';
import type { Command, CommandIo } from './command.js';

/** Every command, loaded when it is asked for: nobody waits for what another one needs. To add one, add a file and a line. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./commands/serve.js')).serve,
  demo: async () => (await import('./commands/demo.js')).demo,
  backtest: async () => (await import('./commands/backtest.js')).backtest,
  inspect: async () => (await import('./commands/inspect.js')).inspect,
  schema: async () => (await import('./commands/schema.js')).schema,
  readiness: async () => (await import('./commands/readiness.js')).readiness,
  check: async () => (await import('./commands/serve.js')).check,
};

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function usage(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return ['Usage: leeway COMMAND [OPTIONS]', '', ...lines, '', 'leeway COMMAND --help says more.'].join('\n');
}

async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help') {
    io.out(await usage());
    return name === undefined ? EXIT_USAGE : 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    io.err(`leeway: there is no command ${JSON.stringify(name)}\n\n${await usage()}`);
    return EXIT_USAGE;
  }
  return (await load()).run(rest, io);
}

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => abort.abort());
// A reader that went away (`leeway … | head`) is no reason for a stack trace.
process.stdout.on('error', () => process.exit(0));

try {
  process.exitCode = await main(process.argv.slice(2), {
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
