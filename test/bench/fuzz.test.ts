import { expect, it } from 'vitest';
import { minimise } from '../../bench/fuzz/minimise.js';
import { readMessage, writeMessage } from '../../bench/fuzz/protobuf-tree.js';
import { countRows } from '../../bench/fuzz/row-reader.js';
import { fuzz } from '../../bench/fuzz/run.js';
import { readSeeds } from '../../bench/fuzz/seeds.js';

const INPUTS_MS = 3_000;
const fixtures = readSeeds('/nowhere');

it('takes whatever comes: nothing is thrown, written wrongly, or read otherwise than by the oracle', () => {
  const now = () => performance.now();
  const report = fuzz({ seeds: fixtures, seed: 1, milliseconds: INPUTS_MS, only: null, now });
  expect(report.failures).toEqual([]);
  expect(report).toMatchObject({ isPrototypeIntact: true, heapBytes: { isGrowing: false } });
  expect(report.accepted).toBeGreaterThan(0);
  expect(report.refused).toBeGreaterThan(0);
  expect(report.oracleInputs).toBeGreaterThan(0);
});

it('makes the same input again from its number', () => {
  const run = () => fuzz({ seeds: fixtures, seed: 7, milliseconds: 1, only: 12, now: () => 0 });
  const { worstMs: _, inputsPerSecond: __, heapBytes: ___, ...first } = run();
  const { worstMs: _a, inputsPerSecond: _b, heapBytes: _c, ...second } = run();
  expect(second).toEqual(first);
  expect(first.inputs).toBe(1);
});

it('changes bodies where their structure is: what is read is written as it was', () => {
  for (const { body, encoding } of fixtures)
    if (encoding === 'protobuf') expect(writeMessage(readMessage(body) ?? []).equals(body)).toBe(true);
});

it('sees rows that are not whole', () => {
  const artifact = Buffer.concat(
    ['digest', 'prompt', 'text'].map((text) => Buffer.from(`${String.fromCharCode(text.length)}${text}`)),
  );
  expect(countRows('artifacts', Buffer.concat([artifact, artifact]))).toBe(2);
  expect(() => countRows('artifacts', artifact.subarray(0, -1))).toThrow(RangeError);
});

it('keeps of a failing input what makes it fail', () => {
  const input = Buffer.from(`${'x'.repeat(1000)}BOOM${'y'.repeat(1000)}`);
  expect(minimise(input, (candidate) => candidate.includes('BOOM')).toString()).toBe('BOOM');
});
