import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runFlood } from './flood/run.js';

const USAGE = `usage: npm run bench:flood -- [--seconds N] [--times X] [--exporters N] [--json]
  --seconds    how long (default 60)
  --times      offered load as a multiple of what the service was measured to take (default 3)
  --exporters  requests that may be on their way at once (default 400)
  --json       one line of JSON at the end`;

/**
 * `npm run bench:flood`: more than the service can take, from clients that behave as exporters do. Fails when something
 * acknowledged is not stored, the service ends, or does not answer /healthz.
 */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      times: { type: 'string', default: '3' },
      exporters: { type: 'string', default: '400' },
      json: { type: 'boolean', default: false },
    },
  });
  const [seconds = 0, times = 0, exporters = 0] = [values.seconds, values.times, values.exporters].map(Number);
  if (![seconds, times, exporters].every((value) => Number.isFinite(value) && value > 0)) {
    console.error(USAGE);
    return 2;
  }
  const directory = mkdtempSync(join(tmpdir(), 'leeway-flood-'));
  try {
    const report = await runFlood({ directory, seconds, times, exporters, onProgress: (line) => console.error(line) });
    console.log(values.json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
    const { lost, uncounted, doubled, unexpectedExits, undelivered } = report;
    return lost + uncounted + doubled + unexpectedExits + undelivered === 0 ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

process.exitCode = await main(process.argv.slice(2));
