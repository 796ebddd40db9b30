/** What a command may touch of the outside world: nothing else is read or written behind the caller's back. */
export interface CommandIo {
  /** Writes one line to standard output. */
  readonly out: (line: string) => void;
  /** Writes one line to standard error: progress, and problems in words. */
  readonly err: (line: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT or SIGTERM; the command cleans up and returns. */
  readonly signal: AbortSignal;
}

/** One subcommand of `leeway`. Adding one is a file in `commands/` and a line in the list of `main.ts`. */
export interface Command {
  readonly name: string;
  /** One line for `leeway --help`. */
  readonly summary: string;
  /** @returns the exit code */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}
