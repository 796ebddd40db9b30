import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { migrate, openEmbedded } from '../src/store/index.js';
import { runStorage } from './storage/run.js';
import { tablesOf } from './storage/tables.js';

const PROGRESS_COLUMNS = 40;

const USAGE = `usage: npm run bench:storage -- [--spans N] [--seed N] [--json]
  --spans  LLM calls that are stored (default 120000)
  --seed   another set of calls (default 1)
  --json   one line of JSON instead of tables`;

/**
 * `npm run bench:storage`: what a span costs on disk after merges, in the Collector's schema alone and in all of Leeway's
 * tables. Fails when Leeway's share is larger than its goal.
 */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      spans: { type: 'string', default: '120000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const spans = Number(values.spans);
  if (!Number.isSafeInteger(spans) || spans < 1) {
    console.error(USAGE);
    return 2;
  }
  const directory = mkdtempSync(join(tmpdir(), 'leeway-storage-'));
  try {
    const database = await openEmbedded(join(directory, 'engine'));
    await migrate(database);
    const report = await runStorage(database, {
      directory,
      spans,
      seed: Number(values.seed),
      onProgress: progress(process.stderr),
    });
    await database.close();
    console.log(values.json ? JSON.stringify(report) : tablesOf(report));
    return report.full.ratio <= report.full.goal && report.none.ratio <= report.none.goal ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Rewrites one line of a terminal; says nothing to a file. */
function progress(to: NodeJS.WriteStream): (line: string) => void {
  return (line) => {
    if (to.isTTY) to.write(`\r${line.padEnd(PROGRESS_COLUMNS)}`);
  };
}

process.exitCode = await main(process.argv.slice(2));
