import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { type Found, foundOf, type Played, play, SCENARIOS } from './scenarios/index.js';

const USAGE = `Usage: npm run scenarios -- [--json] [--only NAME[,NAME…]] [--seeds N] [--found-seeds N] [--first-seed N]
                            [--jobs N]

Plays scenarios of generated traffic through the service on a compressed clock, one line for each run.
  --seeds        with how many seeds each that must be left alone is played (default 20)
  --found-seeds  the same of those that must be found (default 1): the last lines say how many were, and after how long
  --first-seed   the first of these seeds (default 1)

Exit codes: 0 all as expected, 1 not, 2 usage`;

const DEFAULT_SEEDS = 20;
const MAX_OUTPUT_BYTES = 2 ** 24;

const execute = promisify(execFile);

interface Run {
  readonly name: string;
  readonly seed: number;
}

/** A process of its own for each: the embedded engine binds one directory a process. */
async function playApart({ name, seed }: Run): Promise<Played> {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), '--child', name, '--seed', String(seed)];
  const { stdout } = await execute(process.execPath, args, { maxBuffer: MAX_OUTPUT_BYTES });
  const played: Played = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return played;
}

async function playAll(runs: readonly Run[], jobs: number, tell: (played: Played) => void): Promise<Played[]> {
  const waiting = [...runs];
  const played: Played[] = [];
  const work = async () => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      const result = await playApart(run);
      played.push(result);
      tell(result);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return played;
}

function line({ name, seed, expected, got, generationsToFinding, secondsToFinding, ok }: Played): string {
  const when =
    generationsToFinding === null ? '' : `after ${generationsToFinding} generations, ${secondsToFinding} s of its time`;
  return `${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(24)} seed ${seed}  expected ${expected}, got ${got} ${when}`;
}

function foundLine({ name, found, runs, medianSeconds, worstSeconds }: Found): string {
  const when =
    found === 0 ? '' : `, half of them within ${medianSeconds} s of their time, all within ${worstSeconds} s`;
  return `${name.padEnd(29)} found in ${found} of ${runs}${when}`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      seeds: { type: 'string', default: String(DEFAULT_SEEDS) },
      'found-seeds': { type: 'string', default: '1' },
      'first-seed': { type: 'string', default: '1' },
      jobs: { type: 'string', default: '1' },
      child: { type: 'string' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.child !== undefined) {
    console.log(JSON.stringify(await play(scenarioOf(values.child), Number(values.seed))));
    return 0;
  }
  const only = values.only?.split(',');
  only?.forEach(scenarioOf);
  const chosen = SCENARIOS.filter(({ name }) => only === undefined || only.includes(name));
  const firstSeed = Number(values['first-seed']);
  const runs = chosen.flatMap(({ name, expected }) =>
    Array.from({ length: Number(expected === null ? values.seeds : values['found-seeds']) }, (_, index) => ({
      name,
      seed: firstSeed + index,
    })),
  );
  const played = await playAll(runs, Number(values.jobs), (result) =>
    console.log(values.json ? JSON.stringify(result) : line(result)),
  );
  const wrong = played.filter(({ ok }) => !ok);
  const falseIncidents = played.reduce(
    (sum, { expected, incidents }) => sum + (expected === 'nothing' ? incidents : 0),
    0,
  );
  const summary = { scenarios: chosen.length, runs: played.length, wrong: wrong.length, falseIncidents };
  if (Number(values['found-seeds']) > 1)
    for (const found of foundOf(played)) console.log(values.json ? JSON.stringify(found) : foundLine(found));
  console.log(
    values.json
      ? JSON.stringify(summary)
      : Object.entries(summary)
          .map(([key, n]) => `${key} ${n}`)
          .join(', '),
  );
  return wrong.length === 0 ? 0 : 1;
}

function scenarioOf(name: string) {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  console.error(`there is no scenario ${name}; known are ${SCENARIOS.map((scenario) => scenario.name).join(', ')}`);
  process.exit(2);
}

process.exitCode = await main();
