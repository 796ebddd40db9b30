import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseCsv } from '../../../bench/behaviour/csv.js';
import { drawSides, poolOf, randomFrom } from '../../../bench/behaviour/draw.js';
import { parseOptions } from '../../../bench/behaviour/options.js';
import { alarmsBy, runsOf } from '../../../bench/behaviour/runs.js';
import { readSource } from '../../../bench/behaviour/source.js';
import { fingerprintOf } from '../../../detectors/fingerprint/index.js';

const directory = mkdtempSync(join(tmpdir(), 'leeway-bench-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const source = (file: string) => ({ file, filters: [], textColumn: null, keyColumn: null });

describe('sources of bench:behaviour', () => {
  test('reads CSV with quotes, line breaks, CRLF and a missing last line break', () => {
    expect(parseCsv('\ufeffa,b,c\r\n1,"x, ""y""\r\nz",\r\n,,3')).toEqual([
      { a: '1', b: 'x, "y"\r\nz', c: '' },
      { a: '', b: '', c: '3' },
    ]);
    expect(() => parseCsv('a\n"open')).toThrow('record 2 is not CSV');
  });

  test('reads arrays, lines and tables alike, and keeps what passes the filters', () => {
    const rows = [
      { instruction: 'one', output: 'first' },
      { instruction: 'two', output: 'second' },
    ];
    const expected = [
      { key: 'one', text: 'first' },
      { key: 'two', text: 'second' },
    ];
    expect(readSource(source(fileOf('a.json', JSON.stringify(rows))))).toEqual(expected);
    expect(readSource(source(fileOf('a.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'))))).toEqual(expected);
    const csv = fileOf('a.csv', 'model,query,answer\nold,one,first\nold,two,second\nnew,one,other\n');
    expect(readSource({ ...source(csv), filters: [{ column: 'model', value: 'old' }] })).toEqual(expected);
    expect(() => readSource({ ...source(csv), textColumn: 'out' })).toThrow('has no column "out"; it has "model"');
  });

  test('refuses options that contradict themselves', () => {
    const parse = (...args: string[]) => parseOptions(['--baseline', 'a.json', '--candidate', 'b.json', ...args]);
    expect(parse()).toMatchObject({ n: [100, 200, 400], runs: 20, alpha: 0.01 });
    expect(() => parse('--n', '200,100')).toThrow('--n must ascend');
    expect(() => parse('--alpha', '1')).toThrow('--alpha must lie between 0 and 1');
    expect(() => parse('--where', 'model')).toThrow('"model" is not COLUMN=VALUE');
    expect(parseOptions(['--help'])).toBeNull();
  });
});

describe('draws of bench:behaviour', () => {
  const outputs = Array.from({ length: 60 }, (_, index) => ({
    id: String(index),
    key: `instruction ${index % 50}`,
    fingerprint: fingerprintOf(`Answer ${'word '.repeat(1 + (index % 9))}${index}.`),
  }));

  test('never have an instruction on both sides, or twice on one', () => {
    const { baseline, candidate } = drawSides(poolOf(outputs), poolOf(outputs.slice(10)), 25, randomFrom(1));
    const keys = [...baseline, ...candidate].map(({ key }) => key);
    expect(baseline).toHaveLength(25);
    expect(candidate).toHaveLength(25);
    expect(new Set(keys).size).toBe(50);
  });

  test('give the same runs for the same seed, and no figure where outputs are too few', () => {
    const options = parseOptions([
      '--baseline',
      'a',
      '--candidate',
      'b',
      '--n',
      '20,40',
      '--runs',
      '3',
      '--alpha',
      '0.1',
    ]);
    if (options === null) throw new Error('options expected');
    const runs = () => [...runsOf(poolOf(outputs), poolOf(outputs), options, 0)];
    expect(alarmsBy(runs(), options.n)).toEqual([expect.any(Number), null]);
    expect(runs().map(({ moves }) => moves)).toEqual(runs().map(({ moves }) => moves));
  });
});
