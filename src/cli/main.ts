#!/usr/bin/env node
import { errorMessage, LeewayError } from '../model/index.js';
import type { Command, CommandIo } from './command.js';
import { backtest } from './commands/backtest.js';
import { demo } from './commands/demo.js';
import { inspect } from './commands/inspect.js';
import { check, serve } from './commands/serve.js';

/** Every command. To add one, add its file and a line here. */
const COMMANDS: readonly Command[] = [serve, demo, backtest, inspect, check];

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

function usage(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return ['Usage: leeway COMMAND [OPTIONS]', '', ...lines, '', 'leeway COMMAND --help says more.'].join('\n');
}

async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help') {
    io.out(usage());
    return name === undefined ? EXIT_USAGE : 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) {
    io.err(`leeway: there is no command ${JSON.stringify(name)}\n\n${usage()}`);
    return EXIT_USAGE;
  }
  return command.run(rest, io);
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
