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

/** One subcommand of `leeway`: a file in `commands/`, and a line in `commands.ts`. */
export interface Command {
  /** @returns the exit code */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}
