import { parseArgs } from 'node:util';

export const USAGE = `npm run bench:behaviour -- --baseline FILE --candidate FILE [options]

How often the sequential behaviour test (alpha .01, decided after every block of 10 + 10) has found a change by n outputs a
side, and how often it has alarmed on two disjoint halves of the baseline. Outputs are drawn without replacement, on
different instructions on the two sides; nothing is paired.

  --baseline FILE         JSON array of objects, JSON Lines, or CSV with a header; .json, .jsonl, .ndjson, .csv
  --candidate FILE        may be the same file with another --candidate-where
  --where C=V             keep only rows whose column C is V, in both files; may be repeated
  --baseline-where C=V    the same for one side
  --candidate-where C=V
  --column C              column with the text; default: output, else answer, response, completion, text
  --key C                 column that tells instructions apart; default: instruction, else query, prompt, question, input, id.
                          Without any, the number of the row among those kept
  --n LIST                outputs a side, ascending; default 100,200,400
  --runs N                draws; default 20
  --alpha A               level of the test; default 0.01
  --block N               outputs a side in a block; default 10
  --seed N                of draws and labellings; default 1
  --json                  print one line of JSON only
  --help

The last line is JSON: {"n", "power", "falseAlarms", "features", …}; null where a file has too few outputs for that n.`;

export interface ColumnFilter {
  readonly column: string;
  readonly value: string;
}

export interface SourceOptions {
  readonly file: string;
  readonly filters: readonly ColumnFilter[];
  readonly textColumn: string | null;
  readonly keyColumn: string | null;
}

export interface BenchOptions {
  readonly baseline: SourceOptions;
  readonly candidate: SourceOptions;
  readonly n: readonly number[];
  readonly runs: number;
  readonly alpha: number;
  readonly block: number;
  readonly seed: number;
  readonly json: boolean;
}

/** Wrong usage or unreadable data: the message is for people. */
export class BenchUsageError extends Error {}

/** @returns null when help is asked for. @throws BenchUsageError naming what is wrong */
export function parseOptions(args: readonly string[]): BenchOptions | null {
  const values = parse(args);
  if (values.help) return null;
  const both = values.where.map(filterOf);
  const side = (name: 'baseline' | 'candidate', where: readonly string[]): SourceOptions => {
    const file = values[name];
    if (file === undefined) throw new BenchUsageError(`--${name} is missing`);
    const filters = [...both, ...where.map(filterOf)];
    return { file, filters, textColumn: values.column ?? null, keyColumn: values.key ?? null };
  };
  return {
    baseline: side('baseline', values['baseline-where']),
    candidate: side('candidate', values['candidate-where']),
    n: sizesOf(values.n),
    runs: whole('--runs', values.runs, 1),
    alpha: levelOf(values.alpha),
    block: whole('--block', values.block, 1),
    seed: whole('--seed', values.seed, 0),
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const list = { type: 'string', multiple: true, default: [] as string[] } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        baseline: text,
        candidate: text,
        where: list,
        'baseline-where': list,
        'candidate-where': list,
        column: text,
        key: text,
        n: { ...text, default: '100,200,400' },
        runs: { ...text, default: '20' },
        alpha: { ...text, default: '0.01' },
        block: { ...text, default: '10' },
        seed: { ...text, default: '1' },
        json: flag,
        help: { ...flag, short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new BenchUsageError(error instanceof Error ? error.message : String(error));
  }
}

function filterOf(text: string): ColumnFilter {
  const at = text.indexOf('=');
  if (at < 1) throw new BenchUsageError(`${JSON.stringify(text)} is not COLUMN=VALUE`);
  return { column: text.slice(0, at), value: text.slice(at + 1) };
}

function sizesOf(text: string): number[] {
  const sizes = text.split(',').map((part) => whole('--n', part.trim(), 1));
  if (sizes.some((size, index) => index > 0 && size <= (sizes[index - 1] ?? 0))) {
    throw new BenchUsageError('--n must ascend');
  }
  return sizes;
}

function levelOf(text: string): number {
  const alpha = Number(text);
  if (!(alpha > 0 && alpha < 1)) throw new BenchUsageError('--alpha must lie between 0 and 1');
  return alpha;
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text === '' || !Number.isSafeInteger(value) || value < least) {
    throw new BenchUsageError(`${name} must be a whole number from ${least}, not ${JSON.stringify(text)}`);
  }
  return value;
}
