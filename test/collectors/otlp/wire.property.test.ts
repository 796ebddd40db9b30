import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { WireDecoder } from '../../../collectors/otlp/wire/index.js';
import {
  attributeField,
  expectSameAsOracle,
  fixed64Field,
  ID_FIELDS,
  lengthDelimited,
  request,
  TIME_FIELDS,
  textField,
  USER_IDS,
  varintField,
} from '../support/wire.js';

const FIXTURES = readdirSync('test/fixtures/otlp')
  .filter((name) => name.endsWith('.traces.pb'))
  .map((name) => readFileSync(`test/fixtures/otlp/${name}`));

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.uint8Array({ maxLength: 50 }));
const key = fc.oneof(fc.constantFrom('a', 'b', 'c', 'user.id', 'gen_ai.request.model'), anyText);

const { value } = fc.letrec<{ value: Uint8Array }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(new Uint8Array()),
    anyText.map((text) => textField(1, text)),
    fc.nat(3).map((bit) => varintField(2, bit)),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((number) => varintField(3, number)),
    fc.double().map((number) => Buffer.concat([Buffer.from([0x21]), Buffer.from(new Float64Array([number]).buffer)])),
    fc.uint8Array({ maxLength: 9 }).map((bytes) => lengthDelimited(7, bytes)),
    fc
      .array(tie('value'), { maxLength: 3 })
      .map((list) => lengthDelimited(5, ...list.map((item) => lengthDelimited(1, item)))),
    fc
      .array(fc.tuple(key, tie('value')), { maxLength: 3 })
      .map((pairs) => lengthDelimited(6, ...pairs.map(([name, inner]) => attributeField(name, inner, 1)))),
  ),
}));

const unknownField = fc.oneof(
  fc.tuple(fc.integer({ min: 16, max: 300 }), fc.bigInt(0n, 2n ** 64n - 1n)).map(([field, n]) => varintField(field, n)),
  fc.tuple(fc.integer({ min: 16, max: 300 }), anyText).map(([field, text]) => textField(field, text)),
);
const event = fc
  .tuple(fc.bigInt(1n, 2n ** 63n - 1n), anyText, fc.array(fc.tuple(key, value), { maxLength: 2 }))
  .map(([time, name, pairs]) =>
    lengthDelimited(11, fixed64Field(1, time), textField(2, name), ...pairs.map(([k, v]) => attributeField(k, v, 3))),
  );
const optional = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(key, value).map(([name, inner]) => attributeField(name, inner)) },
  { weight: 1, arbitrary: anyText.map((name) => textField(5, name)) },
  { weight: 1, arbitrary: anyText.map((state) => textField(3, state)) },
  { weight: 1, arbitrary: fc.nat(9).map((kind) => varintField(6, kind)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((id) => lengthDelimited(4, id)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(anyText, fc.nat(4))
      .map(([m, code]) => lengthDelimited(15, textField(2, m), varintField(3, code))),
  },
  { weight: 1, arbitrary: fc.bigInt(0n, 2n ** 64n - 1n).map((time) => fixed64Field(8, time)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 5 }).map((bytes) => lengthDelimited(13, bytes)) },
  { weight: 2, arbitrary: event },
  { weight: 1, arbitrary: unknownField },
);

/** A span's fields in any order, most of them as they should be. */
const anySpan = fc
  .array(optional, { maxLength: 9 })
  .chain((fields) => fc.shuffledSubarray([ID_FIELDS, TIME_FIELDS, ...fields], { minLength: fields.length }))
  .map((fields) => Buffer.concat(fields));

const pairsOf = (pairs: readonly (readonly [string | Uint8Array, Uint8Array])[]) =>
  Buffer.concat(pairs.map(([name, inner]) => attributeField(name, inner, 1)));

const anyRequest = fc
  .tuple(
    fc.array(anySpan, { maxLength: 4 }),
    fc.array(fc.tuple(key, value), { maxLength: 2 }).map(pairsOf),
    fc.tuple(anyText, anyText).map(([name, version]) => Buffer.concat([textField(1, name), textField(2, version)])),
  )
  .map(([spans, resource, scope]) => request(spans, resource, scope));

describe('for any input the hot path reads as the oracle does', () => {
  // One decoder for all: what it remembers of one request must not show in the next.
  const decoder = new WireDecoder(USER_IDS);

  it('requests of any fields', () => {
    fc.assert(
      fc.property(fc.array(anyRequest, { minLength: 1, maxLength: 2 }), (requests) => {
        expectSameAsOracle(Buffer.concat(requests), decoder);
      }),
      { numRuns: 500 },
    );
  });

  it('requests of any fields with bytes changed, or cut off', () => {
    fc.assert(
      fc.property(
        anyRequest,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
        fc.option(fc.nat()),
        (body, changes, cut) => {
          const changed = Buffer.from(body);
          for (const [index, byte] of changes) changed[index % changed.length] = byte;
          expectSameAsOracle(changed.subarray(0, cut === null ? changed.length : cut % (changed.length + 1)), decoder);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('requests of real clients with bytes changed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FIXTURES),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (body, changes) => {
          const changed = Buffer.from(body);
          for (const [index, byte] of changes) changed[index % changed.length] = byte;
          expectSameAsOracle(changed, decoder);
        },
      ),
      { numRuns: 200 },
    );
  });
});
