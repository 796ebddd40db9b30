import type { CommandIo } from './command.js';

const EXIT_USAGE = 2;

/** For a command that takes no options: answers `--help` and refuses the rest. @returns the exit code, `null` to go on */
export function onlyHelp(name: string, usage: string, args: readonly string[], io: CommandIo): number | null {
  if (args.length === 0) return null;
  if (args.length === 1 && args[0] === '--help') {
    io.out(usage);
    return 0;
  }
  io.err(`${name} takes no options, got ${args.join(' ')}\n\n${usage}`);
  return EXIT_USAGE;
}
