import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { backtest } from '../../src/cli/commands/backtest.js';
import { openEmbedded } from '../../src/store/index.js';
import { temporaryDirectory } from '../support/engine.js';
import { uniform } from '../support/uniform.js';

const directory = temporaryDirectory();
const shared = process.env['LEEWAY_SHARED'] ?? path.resolve(import.meta.dirname, '../../../shared');
const drift = path.join(shared, 'data', 'llmdrift');

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await backtest.run(args, {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    env: {},
    signal: new AbortController().signal,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

function file(name: string, content: string | Buffer): string {
  const full = path.join(directory, name);
  writeFileSync(full, content);
  return full;
}

interface Row {
  readonly version: string;
  readonly ok: string;
  readonly ms: number;
  readonly answer: string;
}

/** Rows of two versions, interleaved: v1 fails one in 20, v2 one in `every`. */
function rows(count: number, every: number): Row[] {
  return Array.from({ length: count }, (_, index) => [
    row('v1', index % 20 === 19, 100 + index),
    row('v2', index % every === every - 1, 200 + index),
  ]).flat();
}

function row(version: string, failed: boolean, ms: number): Row {
  return { version, ok: failed ? 'False' : 'True', ms, answer: failed ? '{"city":5}' : '{"city":"Paris"}' };
}

function csv(lines: readonly Row[]): string {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  return [
    'version,Worked fine,ms,answer',
    ...lines.map(({ version, ok, ms, answer }) => `${version},${ok},${ms},${quoted(answer)}`),
  ].join('\n');
}

const bad = file('bad.csv', csv(rows(200, 3)));
const SIDES = ['--version-column', 'version', '--baseline', 'v1', '--candidate', 'v2'];
const OUTCOME = ['--outcome', 'Worked fine'];

describe('the verdict', () => {
  test('a worse version: rollback, exit code 3, with the row at which it would have fired', async () => {
    const { code, out } = await run(bad, ...SIDES, ...OUTCOME, '--latency', 'ms', '--json');
    const report = JSON.parse(out);
    expect(code).toBe(3);
    expect(report).toMatchObject({
      verdict: 'rollback',
      blame: ['task_success'],
      baseline: { version: 'v1', rows: 200 },
    });
    expect(report.metrics[0].baseline).toMatchObject({ n: 200, rate: 0.95, failures: 10, failureRate: 0.05 });
    expect(report.metrics[0].candidate.rate).toBeCloseTo(0.67, 6);
    expect(report.metrics[0].eThreshold).toBeCloseTo(100, 6);
    expect(report.metrics[0].difference.lower).toBeGreaterThan(0);
    expect(report.firedAtCandidateRow).toBeGreaterThan(5);
    expect(report.firedAtCandidateRow).toBeLessThan(100);
    expect(report.latency.baseline).toMatchObject({ n: 200, median: 199.5 });
    expect(report.latency.baseline.p95).toBeCloseTo(289.05, 6);
  });

  test('for people it says the same in words', async () => {
    const { out } = await run(bad, ...SIDES, ...OUTCOME);
    expect(out).toMatch(/task_success: fails +200 \+ 200 +5\.0 % +33\.0 % +\+28\.0 points \[.*\] +\S.* +100 +\d+\n/);
    expect(out).toContain('verdict: rollback');
  });

  test('an equal version is not rolled back', async () => {
    const { code, out } = await run(file('good.csv', csv(rows(400, 20))), ...SIDES, ...OUTCOME, '--json');
    expect(code).toBe(0);
    expect(['promote', 'hold']).toContain(JSON.parse(out).verdict);
    expect(JSON.parse(out).firedAtCandidateRow).toBeNull();
  });

  test('a version against itself is split row by row', async () => {
    const { code, out } = await run(
      bad,
      '--version-column',
      'version',
      '--baseline',
      'v2',
      '--candidate',
      'v2',
      ...OUTCOME,
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ baseline: { rows: 100 }, candidate: { rows: 100 } });
  });

  test('too little is insufficient data, exit code 4', async () => {
    const { code, out } = await run(file('few.csv', csv(rows(4, 20))), ...SIDES, ...OUTCOME, '--json');
    expect(code).toBe(4);
    expect(JSON.parse(out).verdict).toBe('insufficient_data');
  });

  test('rows without an outcome are not counted', async () => {
    const lines = rows(200, 3).map((one, index) => (index % 4 < 2 ? one : { ...one, ok: '' }));
    const { out } = await run(file('gaps.csv', csv(lines)), ...SIDES, ...OUTCOME, '--json');
    expect(JSON.parse(out)).toMatchObject({ baseline: { rows: 200 }, metrics: [{ baseline: { n: 100 } }] });
  });
});

/** Two versions that answer alike but for one thing. */
function answers(count: number, write: (version: string, index: number) => Record<string, unknown>): string {
  const lines = Array.from({ length: count }, (_, index) =>
    ['v1', 'v2'].map((version) => JSON.stringify({ version, ok: true, ...write(version, index) })),
  );
  return lines.flat().join('\n');
}

const ANSWER = ['--output', 'answer'];
const fact = (index: number): string => `Number ${index} has ${index % 7} neighbours. `;

describe('a change that is no harm by any column', () => {
  const wordy = file(
    'wordy.jsonl',
    answers(600, (version, index) => ({ answer: fact(index).repeat(version === 'v1' ? 2 + (index % 3) : 12) })),
  );

  test('of how outputs are written: hold, with what moved, by how much, and examples', async () => {
    const { code, out } = await run(wordy, ...SIDES, ...ANSWER, '--json');
    const report = JSON.parse(out);
    expect(code).toBe(0);
    expect(report).toMatchObject({ verdict: 'hold', blame: [], changed: ['length', 'behaviour'] });
    expect(report.behaviour.eValue).toBeGreaterThanOrEqual(report.behaviour.eThreshold);
    expect(report.behaviour.firedAtCandidateRow).toBeLessThanOrEqual(100);
    expect(report.behaviour.features[0]).toMatchObject({ family: 'length' });
    expect(report.behaviour.features[0].interval.lower).toBeGreaterThan(0.5);
    expect(report.behaviour.examples.candidate).toHaveLength(3);
    expect(report.behaviour.examples.candidate[0].text).toContain('neighbours');
    const [safety, length, behaviour] = report.metrics;
    expect(safety).toMatchObject({ metric: 'safety', firedAtCandidateRow: null });
    expect(length).toMatchObject({ metric: 'length', direction: 'up', baseline: { n: 570 }, candidate: { n: 570 } });
    expect(behaviour).toMatchObject({ metric: 'behaviour', baseline: { n: 600 } });
    expect(report.firedAtCandidateRow).toBe(Math.min(length.firedAtCandidateRow, behaviour.firedAtCandidateRow));
  });

  test('for people: the features and the examples', async () => {
    const { out } = await run(wordy, ...SIDES, ...ANSWER);
    expect(out).toMatch(/moved most +mean baseline +mean candidate/);
    expect(out).toMatch(/candidate, row [\d,]+: Number/);
  });

  test('keeps a candidate from being promoted, and rolls back only when asked to', async () => {
    const success = await run(wordy, ...SIDES, '--outcome', 'ok', '--json');
    expect(JSON.parse(success.out).verdict).toBe('promote');
    const both = await run(wordy, ...SIDES, '--outcome', 'ok', ...ANSWER, '--json');
    expect(both.code).toBe(0);
    expect(JSON.parse(both.out)).toMatchObject({ verdict: 'hold', blame: [] });
    const strict = await run(wordy, ...SIDES, '--outcome', 'ok', ...ANSWER, '--fail-on-change', '--json');
    expect(strict.code).toBe(3);
    expect(JSON.parse(strict.out)).toMatchObject({ verdict: 'rollback', blame: ['length', 'behaviour'] });
  });

  test('of nothing: no finding, also not between the halves of one version', async () => {
    const random = uniform(11);
    const same = file(
      'same.jsonl',
      answers(600, () => ({ answer: fact(Math.floor(1000 * random())).repeat(1 + Math.floor(3 * random())) })),
    );
    for (const candidate of ['v1', 'v2']) {
      const sides = ['--version-column', 'version', '--baseline', 'v1', '--candidate', candidate];
      const { out } = await run(same, ...sides, ...ANSWER, '--fail-on-change', '--json');
      expect(JSON.parse(out)).toMatchObject({ verdict: 'hold', changed: [], firedAtCandidateRow: null });
    }
  });
});

describe('refusals', () => {
  const refusing = (share: Readonly<Record<string, number>>) => (version: string, index: number) => {
    const refused = (index * 7) % 20 < 20 * (share[version] ?? 0);
    return { answer: refused ? 'I’m sorry, but I can’t help with that.' : fact(index), answered: refused ? 0 : 1 };
  };
  const fewer = file('fewer.jsonl', answers(300, refusing({ v1: 0.5, v2: 0.05 })));

  test('that cease are a finding of safety, from the texts', async () => {
    const report = JSON.parse((await run(fewer, ...SIDES, ...ANSWER, '--json')).out);
    expect(report.changed).toContain('safety');
    expect(report.metrics[0]).toMatchObject({
      metric: 'safety',
      direction: 'down',
      baseline: { n: 300, rate: 0.5 },
      candidate: { rate: 0.05 },
    });
    expect(report.metrics[0].firedAtCandidateRow).toBeLessThan(100);
  });

  test('from a column whose name speaks of answering, and as success when that is what it is', async () => {
    const safety = JSON.parse((await run(fewer, ...SIDES, '--outcome', 'answered', '--json')).out);
    expect(safety).toMatchObject({ outcomeMeans: 'safety', verdict: 'hold', changed: ['safety'] });
    expect(safety.metrics[0]).toMatchObject({ metric: 'safety', direction: 'up', baseline: { rate: 0.5 } });
    const args = ['--outcome', 'answered', '--outcome-means', 'success'];
    const success = JSON.parse((await run(fewer, ...SIDES, ...args, '--json')).out);
    expect(success).toMatchObject({ outcomeMeans: 'success', verdict: 'promote' });
  });
});

describe('files', () => {
  const objects = rows(200, 3).map(({ version, ok, ms }) => ({
    version,
    ok: ok === 'True',
    ms,
    score: ok === 'True' ? 0.9 : 0.25,
  }));
  const lines = objects.map((object) => JSON.stringify(object)).join('\n');

  test('JSON Lines, also compressed, with booleans and with graded scores', async () => {
    const plain = await run(file('rows.jsonl', lines), ...SIDES, '--outcome', 'ok', '--json');
    const packed = await run(file('packed.jsonl.gz', gzipSync(lines)), ...SIDES, '--outcome', 'ok', '--json');
    expect(plain.code).toBe(3);
    expect(packed.out).toBe(plain.out);
    const graded = JSON.parse((await run(file('rows.jsonl', lines), ...SIDES, '--outcome', 'score', '--json')).out);
    expect(graded.metrics[0].candidate.failures).toBe(66);
    expect(graded.metrics[0].candidate.rate).toBeCloseTo((134 * 0.9 + 66 * 0.25) / 200, 9);
  });

  test('for a schema an empty output is a failure, and a missing one is not counted', async () => {
    const answers = rows(100, 100).map(({ version }, index) =>
      JSON.stringify({ version, answer: ['{}', '{}', '', null][index % 4] }),
    );
    const output = ['--output', 'answer', '--schema', file('any.json', '{}')];
    const { out } = await run(file('empty.jsonl', answers.join('\n')), ...SIDES, ...output, '--json');
    expect(JSON.parse(out).metrics[0]).toMatchObject({
      metric: 'compliance',
      baseline: { n: 100, failures: 50 },
      candidate: { n: 50, failures: 0 },
    });
  });

  test('columns may be called like anything that is asked for', async () => {
    const swapped = rows(200, 3).map(({ version, ok, answer }) =>
      JSON.stringify({ outcome: answer, output: ok, version, row: 1 }),
    );
    const all = file('swapped.jsonl', swapped.join('\n'));
    const { out } = await run(all, ...SIDES, '--outcome', 'output', '--output', 'outcome', '--json');
    expect(JSON.parse(out)).toMatchObject({
      blame: ['task_success'],
      metrics: [
        { metric: 'task_success', candidate: { failures: 66 } },
        { metric: 'safety', candidate: { n: 200, events: 0 } },
        { metric: 'length', candidate: { n: 180 } },
        { metric: 'behaviour', candidate: { n: 200 } },
      ],
    });
  });

  test('Parquet, with typed columns', async () => {
    const parquet = path.join(directory, 'rows.parquet');
    const engine = await openEmbedded(path.join(directory, 'writer'));
    await engine.command(
      "INSERT INTO FUNCTION file({to:String}, 'Parquet') SELECT version, ok, ms FROM file({from:String}, 'JSONEachRow')",
      { from: file('rows.jsonl', lines), to: parquet },
    );
    await engine.close();
    const { code, out } = await run(parquet, ...SIDES, '--outcome', 'ok', '--latency', 'ms', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      metrics: [{ candidate: { n: 200, failures: 66 } }],
      latency: { candidate: { n: 200 } },
    });
  });

  test('two files need no version column', async () => {
    const one = file(
      'one.jsonl',
      lines
        .split('\n')
        .filter((line) => line.includes('"v1"'))
        .join('\n'),
    );
    const two = file(
      'two.jsonl',
      lines
        .split('\n')
        .filter((line) => line.includes('"v2"'))
        .join('\n'),
    );
    const { code, out } = await run(one, two, '--outcome', 'ok', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      baseline: { version: one, rows: 200 },
      candidate: { version: two, rows: 200 },
    });
  });

  test('structured outputs are checked against their schema', async () => {
    const schema = file(
      'schema.json',
      JSON.stringify({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }),
    );
    const { code, out } = await run(bad, ...SIDES, '--output', 'answer', '--schema', schema, '--json');
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      blame: ['compliance'],
      metrics: [{ candidate: { n: 200, failures: 66 } }, {}, {}, {}],
    });
    expect((await run(bad, ...SIDES, '--output', 'answer', '--json')).code).toBe(0);
  });
});

describe('wrong usage is exit code 2 with a sentence', () => {
  test.each([
    [[], 'no file was given'],
    [[bad], '--version-column is needed with one file'],
    [[bad, ...SIDES], 'nothing to judge'],
    [[bad, ...SIDES, '--outcme', 'x'], "Unknown option '--outcme'"],
    [[bad, ...SIDES, ...OUTCOME, '--schema', 'x'], '--schema needs --output'],
    [[bad, ...SIDES, ...OUTCOME, '--outcome-means', 'x'], '--outcome-means must be success or safety, got x'],
    [[bad, ...SIDES, '--output', 'answer', '--outcome-means', 'safety'], '--outcome-means needs --outcome'],
    [['missing.csv', ...SIDES, ...OUTCOME], 'missing.csv: there is no such file'],
    [['rows.xlsx', ...SIDES, ...OUTCOME], 'the name must end in .csv'],
    [['*.csv', ...SIDES, ...OUTCOME], 'cannot be read'],
    [[bad, ...SIDES, '--outcome', 'nope'], 'has no column "nope"; it has "version", "Worked fine", "ms", "answer"'],
    [[bad, ...SIDES, '--outcome', 'ms'], 'row 1, column "ms": "100" is not true, false or a number from 0 to 1'],
    [
      [bad, '--version-column', 'version', '--baseline', 'v1', '--candidate', 'v9', ...OUTCOME],
      'no row has "v9" in column "version" (--candidate)',
    ],
    [[bad, ...SIDES, '--output', 'answer', '--schema', 'missing.json'], '--schema missing.json'],
    [[bad, ...SIDES, '--output', 'answer', '--schema', bad], 'bad.csv'],
    [[bad, ...SIDES, '--output', 'answer', '--schema', file('broken.json', '{"type":"nope"}')], '--schema: '],
  ] as const)('%j', async (args, message) => {
    const { code, out, err } = await run(...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
  });

  test('help is not an error', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    expect(out).toContain('--version-column C');
  });
});

describe.skipIf(!existsSync(drift))('real outputs of March against June 2023', () => {
  const leetcode = path.join(drift, 'LEETCODE_EASY_EVAL.csv');
  const sides = (from: string, to: string): string[] => [
    '--version-column',
    'model',
    '--baseline',
    `openaichat/${from}`,
    '--candidate',
    `openaichat/${to}`,
  ];

  test('code that no longer runs as it stands is rolled back before the data end', async () => {
    const { code, out } = await run(
      leetcode,
      ...sides('gpt-4-0314', 'gpt-4-0613'),
      '--outcome',
      'Directly Usable',
      '--json',
    );
    const report = JSON.parse(out);
    expect(code).toBe(3);
    expect(report.metrics[0].baseline.rate).toBeCloseTo(0.52, 9);
    expect(report.metrics[0].candidate.rate).toBeCloseTo(0.1, 9);
    expect(report.firedAtCandidateRow).toBeLessThan(50);
  });

  test('primes: another way of answering is found as behaviour, length first', async () => {
    const primes = path.join(drift, 'PRIME_FULL_EVAL.csv');
    const { out } = await run(primes, ...sides('gpt-4-0314', 'gpt-4-0613'), ...ANSWER, '--json');
    const report = JSON.parse(out);
    expect(report.verdict).toBe('hold');
    expect(report.behaviour.features[0].family).toBe('length');
    expect(report.behaviour.firedAtCandidateRow).toBeLessThanOrEqual(100);
  });

  test.each([
    ['--outcome', 'Response Rate', 'down'],
    ['--output', 'answer', 'up'],
  ])('sensitive questions: fewer answers are found as safety by %s %s', async (option, column, direction) => {
    const sensitive = path.join(drift, 'SENSITIVEQ_EVAL.csv');
    const { out } = await run(sensitive, ...sides('gpt-4-0314', 'gpt-4-0613'), option, column, '--json');
    const report = JSON.parse(out);
    expect(report.changed).toContain('safety');
    expect(report.metrics[0]).toMatchObject({ metric: 'safety', direction });
    expect(report.metrics[0].firedAtCandidateRow).toBeLessThanOrEqual(100);
  });

  test.each(['gpt-4-0314', 'gpt-4-0613', 'gpt-3.5-turbo-0301', 'gpt-3.5-turbo-0613'])(
    '%s against itself is not',
    async (model) => {
      const { out } = await run(leetcode, ...sides(model, model), '--outcome', 'Directly Usable', '--json');
      expect(JSON.parse(out).verdict).not.toBe('rollback');
    },
  );
});
