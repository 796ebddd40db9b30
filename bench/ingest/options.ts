import { parseArgs } from 'node:util';
import type { SpanKindName } from './span-content.js';

/** One kind of traffic. */
export interface Workload {
  readonly name: string;
  readonly kind: SpanKindName;
  readonly gzip: boolean;
  /** Requests of 512 spans that each run of Leeway is sent; the straightforward path gets a third of them. */
  readonly batches: number;
}

export interface IngestOptions {
  readonly json: boolean;
  readonly rounds: number;
  readonly workloads: readonly Workload[];
}

export const USAGE = `usage: npm run bench:ingest -- [--json] [--quick] [--only NAME] [--rounds N]
  --json    ends with one line of JSON instead of tables
  --quick   a third of the requests and one round: a look, not a measurement
  --only    one workload: steps, calls, calls-gzip or tools
  --rounds  how often each variant runs, in turns (default 3)`;

/** Half a minute of Leeway each: what is still to be loaded when the last request is acknowledged hardly counts. */
const WORKLOADS: readonly Workload[] = [
  { name: 'steps', kind: 'step', gzip: false, batches: 1800 },
  { name: 'calls', kind: 'call', gzip: false, batches: 900 },
  { name: 'calls-gzip', kind: 'call', gzip: true, batches: 900 },
  { name: 'tools', kind: 'tools', gzip: false, batches: 600 },
];

/** @throws TypeError or RangeError saying what is wrong with the arguments */
export function readOptions(args: readonly string[]): IngestOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new RangeError(`--rounds must be 1 or more, got ${values.rounds}`);
  const chosen = WORKLOADS.filter(({ name }) => values.only === undefined || name === values.only);
  if (chosen.length === 0)
    throw new RangeError(`--only must be one of ${WORKLOADS.map(({ name }) => name).join(', ')}`);
  return {
    json: values.json,
    rounds: values.quick ? 1 : rounds,
    workloads: values.quick ? chosen.map((one) => ({ ...one, batches: Math.round(one.batches / 3) })) : chosen,
  };
}
