import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { type Played, play, SCENARIOS } from './scenarios/index.js';

const USAGE = `Usage: npm run scenarios -- [--json] [--only NAME[,NAME…]] [--seeds N] [--jobs N]

Plays scenarios of generated traffic through the service on a compressed clock: each that must be found once, each that
must be left alone with N seeds (20 unless told otherwise). One line each.

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

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      seeds: { type: 'string', default: String(DEFAULT_SEEDS) },
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
  const runs = chosen.flatMap(({ name, expected }) =>
    Array.from({ length: expected === null ? Number(values.seeds) : 1 }, (_, index) => ({ name, seed: index + 1 })),
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
