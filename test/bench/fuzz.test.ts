import { expect, it } from 'vitest';
import { Inputs } from '../../bench/fuzz/inputs.js';
import { minimise } from '../../bench/fuzz/minimise.js';
import { cutPieces } from '../../bench/fuzz/pieces.js';
import { protobufSites } from '../../bench/fuzz/protobuf-sites.js';
import { readMessage, writeMessage } from '../../bench/fuzz/protobuf-tree.js';
import { countRows } from '../../bench/fuzz/row-reader.js';
import { fuzz } from '../../bench/fuzz/run.js';
import { readSeeds } from '../../bench/fuzz/seeds.js';
import { FuzzTarget } from '../../bench/fuzz/target.js';

const INPUTS = 20_000;
const fixtures = readSeeds('/nowhere');
const OPTIONS = { seeds: fixtures, milliseconds: Number.POSITIVE_INFINITY, step: 1, now: () => performance.now() };

it('takes whatever comes: nothing is thrown, written wrongly, or read otherwise than by the oracle', async () => {
  const report = await fuzz({ ...OPTIONS, seed: 1, first: 0, maxInputs: INPUTS });
  expect(report.failures).toEqual([]);
  expect(report).toMatchObject({ inputs: INPUTS, isPrototypeIntact: true, heapBytes: { isGrowing: false } });
  expect(report.accepted).toBeGreaterThan(INPUTS / 10);
  expect(report.refused).toBeGreaterThan(INPUTS / 10);
  expect(report.oracleInputs).toBeGreaterThan(INPUTS / 100);
});

it('makes the same input again from its number', () => {
  const [one, other] = [new Inputs(fixtures, 7), new Inputs(fixtures, 7)];
  other.at(5);
  for (let input = 0; input < 200; input += 1) expect(other.at(input)).toEqual(one.at(input));
  expect(new Inputs(fixtures, 8).at(1).body.equals(one.at(1).body)).toBe(false);
});

it('cuts bodies into pieces that hold every attribute and are accepted as they are', () => {
  const pieces = cutPieces(fixtures);
  const target = new FuzzTarget();
  for (const piece of pieces)
    expect([piece.name, target.try(piece.body, piece, 1_795_000_000_000, 'received')]).toMatchObject([
      piece.name,
      { verdict: 'accepted', problem: '' },
    ]);
  for (const { name, body } of fixtures)
    for (const [attribute] of body
      .toString('latin1')
      .matchAll(/gen_ai\.[a-z_.0-9]+|llm\.[a-z_.0-9]+|langfuse\.[a-z_.0-9]+/g))
      expect(pieces.some((piece) => piece.name === name && piece.body.includes(attribute))).toBe(true);
});

it('changes fields so that all lengths around them are right again', () => {
  const inputs = new Inputs(fixtures, 3);
  const isWhole = (input: number) => {
    const { from, body } = inputs.at(input);
    return from.encoding === 'protobuf' && protobufSites(body).length > 0;
  };
  const numbers = Array.from({ length: 1000 }, (_, index) => index);
  expect(numbers.filter(isWhole).length).toBeGreaterThan(350);
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
  expect(
    minimise(
      input,
      (candidate) => candidate.includes('BOOM'),
      () => 0,
    ).toString(),
  ).toBe('BOOM');
});
