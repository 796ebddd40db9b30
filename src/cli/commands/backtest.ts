import { readFileSync } from 'node:fs';
import { errorMessage, type Verdict } from '../../model/index.js';
import { DEFAULT_ROLLOUT_POLICY } from '../../rollouts/index.js';
import { type CollectedArms, collectArms } from '../backtest/arms.js';
import { replayBehaviour } from '../backtest/behaviour.js';
import { sharesOf } from '../backtest/budget.js';
import { replayChanges } from '../backtest/changes.js';
import { BACKTEST_USAGE, type BacktestOptions, BacktestUsageError, parseBacktestOptions } from '../backtest/options.js';
import { outputCheck } from '../backtest/output-check.js';
import { replayHarm } from '../backtest/replay.js';
import { reportOf } from '../backtest/report.js';
import { reportLines } from '../backtest/report-lines.js';
import { withRows } from '../backtest/rows.js';
import type { Replayed } from '../backtest/verdict.js';
import type { Command, CommandIo } from '../command.js';

/** Exit codes that a CI step can tell apart. */
const EXIT_OF_VERDICT: Readonly<Record<Verdict, number>> = { promote: 0, hold: 0, rollback: 3, insufficient_data: 4 };
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

/** `leeway backtest`: the verdict on two versions whose outputs lie in files. */
export const backtest: Command = {
  async run(args, io) {
    try {
      const options = parseBacktestOptions(args);
      if (options.help) {
        io.out(BACKTEST_USAGE);
        return 0;
      }
      return await runBacktest(options, io);
    } catch (error) {
      if (io.signal.aborted) return EXIT_INTERRUPTED;
      if (!(error instanceof BacktestUsageError)) throw error;
      io.err(`backtest: ${error.message}`);
      io.err('Run "leeway backtest --help" for the options.');
      return EXIT_USAGE;
    }
  },
};

async function runBacktest(options: BacktestOptions, io: CommandIo): Promise<number> {
  const check = options.schemaFile === null ? null : outputCheck(readSchema(options.schemaFile));
  const arms = await withRows(options, (source) => collectArms(source, options, check, io.err, io.signal));
  const report = reportOf(options, arms, await replayArms(arms, options, io));
  if (options.json) io.out(JSON.stringify(report));
  else for (const line of reportLines(report)) io.out(line);
  return EXIT_OF_VERDICT[report.verdict];
}

async function replayArms(arms: CollectedArms, options: BacktestOptions, io: CommandIo): Promise<Replayed> {
  const shares = sharesOf(options);
  const share = shares.get('behaviour');
  const alpha = (share ?? 0) * DEFAULT_ROLLOUT_POLICY.alphaRollback;
  return {
    harm: replayHarm(arms, shares),
    changes: replayChanges(arms, shares, options),
    behaviour: share === undefined ? null : await replayBehaviour(arms, alpha, io.err, io.signal),
  };
}

function readSchema(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new BacktestUsageError(`--schema ${file}: ${errorMessage(error)}`);
  }
}
