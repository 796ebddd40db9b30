import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fullDiskPhase } from './crash/full-disk.js';
import { killsPhase } from './crash/kills.js';
import type { PhaseReport } from './crash/phase.js';
import { storeFaultsPhase } from './crash/store-faults.js';
import { seededUniform } from './statistics/random.js';

const PHASES = ['kills', 'store', 'disk'] as const;
type Phase = (typeof PHASES)[number];

const USAGE = `usage: npm run test:crash -- [--kills N] [--phases ${PHASES.join(',')}] [--seed N] [--json]
  --kills   kill -9 of the service at random moments (default 50)
  --phases  which of: ${PHASES.join(', ')} (default all)
  --seed    other moments (default 1)
  --json    one line of JSON at the end`;

/** Sums over the phases, and each phase. */
interface CrashReport {
  readonly acknowledged: number;
  readonly stored: number;
  readonly lost: number;
  readonly uncounted: number;
  readonly doubled: number;
  readonly kills: number;
  readonly unexpectedExits: number;
  readonly poisoned: number;
  readonly phases: readonly PhaseReport[];
  /** Phases that this machine does not allow. */
  readonly skipped: readonly string[];
}

/**
 * `npm run test:crash`: sends spans as exporters do while the service is killed, its store fails and its disk is full, and
 * compares what was acknowledged with what is stored and counted. Fails when anything is lost or counted twice.
 */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '50' },
      phases: { type: 'string', default: PHASES.join(',') },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const kills = Number(values.kills);
  const phases = values.phases.split(',');
  if (!Number.isSafeInteger(kills) || kills < 0 || !phases.every(isPhase)) {
    console.error(USAGE);
    return 2;
  }
  const root = mkdtempSync(join(tmpdir(), 'leeway-crash-'));
  try {
    const report = await run(root, phases.filter(isPhase), kills, Number(values.seed));
    console.log(values.json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
    const { lost, uncounted, doubled, unexpectedExits, poisoned } = report;
    return lost + uncounted + doubled + unexpectedExits + poisoned === 0 ? 0 : 1;
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function run(root: string, phases: readonly Phase[], kills: number, seed: number): Promise<CrashReport> {
  const uniform = seededUniform(seed, 'crash', 0);
  const started = Date.now();
  const onProgress = (line: string) =>
    console.error(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${line}`);
  const place = (name: string) => {
    mkdirSync(join(root, name));
    return join(root, name);
  };
  const reports: PhaseReport[] = [];
  const skipped: string[] = [];
  if (phases.includes('kills')) reports.push(await killsPhase(place('kills'), kills, uniform, onProgress));
  if (phases.includes('store'))
    reports.push(await storeFaultsPhase(place('store'), place('store-engine'), uniform, onProgress));
  if (phases.includes('disk')) {
    const report = await fullDiskPhase(place('disk'), uniform, onProgress);
    if (report === null) skipped.push('disk full: a tmpfs cannot be mounted here (root or `unshare -rm` can)');
    else reports.push(report);
  }
  const sum = (of: (report: PhaseReport) => number) => reports.reduce((total, report) => total + of(report), 0);
  return {
    acknowledged: sum(({ acknowledged }) => acknowledged),
    stored: sum(({ stored }) => stored),
    lost: sum(({ lost }) => lost),
    uncounted: sum(({ uncounted }) => uncounted),
    doubled: sum(({ doubled }) => doubled),
    kills: sum((report) => report.kills),
    unexpectedExits: sum(({ unexpectedExits }) => unexpectedExits),
    poisoned: sum(({ poisoned }) => poisoned),
    phases: reports,
    skipped,
  };
}

function isPhase(name: string): name is Phase {
  return PHASES.some((phase) => phase === name);
}

process.exitCode = await main(process.argv.slice(2));
