import type { Command, CommandIo } from './command.js';
import { SCENARIOS } from './demo/scenario.js';

interface CommandEntry {
  /** One line for `leeway --help`. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Every command, loaded when it is asked for: nobody waits for what another one needs. To add one, add a file and a line. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  serve: {
    summary: 'Run the service: OTLP, API and web page on one port',
    load: async () => (await import('./commands/serve.js')).serve,
  },
  demo: {
    summary: `Play an incident from trace to proof [--scenario ${SCENARIOS.map(({ name }) => name).join('|')}] [--json]`,
    load: async () => (await import('./commands/demo.js')).demo,
  },
  backtest: {
    summary: 'Judge two versions from files of their results (CSV, JSON Lines, Parquet); exit code 3 means rollback',
    load: async () => (await import('./commands/backtest.js')).backtest,
  },
  inspect: {
    summary: 'Show each generation in OTLP bodies as the collector reads it: target, versions with sources, compliance',
    load: async () => (await import('./commands/inspect.js')).inspect,
  },
  schema: {
    summary: 'Check that a tool or output schema may replace an older one, with a counterexample; exit code 3 if not',
    load: async () => (await import('./commands/schema.js')).schema,
  },
  readiness: {
    summary: 'Ask a running Leeway whether a version, model, tool or argument may be removed; exit code 1 if not',
    load: async () => (await import('./commands/readiness.js')).readiness,
  },
  check: {
    summary: 'Check the configuration and say what it means',
    load: async () => (await import('./commands/check.js')).check,
  },
};

const EXIT_USAGE = 2;

/** `leeway …`: finds the command and runs it. @returns the exit code */
export async function runLeeway(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help') {
    io.out(usage());
    return name === undefined ? EXIT_USAGE : 0;
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!entry) {
    io.err(`leeway: there is no command ${JSON.stringify(name)}\n\n${usage()}`);
    return EXIT_USAGE;
  }
  const command = await entry.load();
  return command.run(rest, io);
}

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return ['Usage: leeway COMMAND [OPTIONS]', '', ...lines, '', 'leeway COMMAND --help says more.'].join('\n');
}
