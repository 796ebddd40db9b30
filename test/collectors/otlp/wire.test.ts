import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  MAX_ATTRIBUTES,
  MAX_EVENTS_PER_SPAN,
  MAX_ITEMS_PER_REQUEST,
  MAX_VALUE_DEPTH,
} from '../../../collectors/otlp/limits.js';
import { createReceiver } from '../../../collectors/otlp/receive.js';
import { WireDecoder, WireSpan } from '../../../collectors/otlp/wire/index.js';
import { hashUserId } from '../../../collectors/user-hash.js';
import { SETTINGS } from '../support/generations.js';
import {
  attributeField,
  expectSameAsOracle,
  fixed64Field,
  ID_FIELDS,
  lengthDelimited,
  request,
  rowsOf,
  TIME_FIELDS,
  textField,
  USER_IDS,
  varint,
  varintField,
} from '../support/wire.js';

const FIXTURES = resolve('test/fixtures/otlp');
const CAPTURES = resolve(process.env['LEEWAY_SHARED'] ?? '../shared', 'captures');

function tracesIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.traces.pb'))
    .map((name) => resolve(directory, name));
}

const NAME = textField(5, 'chat gpt-4o');
const REGULAR = Buffer.concat([ID_FIELDS, NAME, TIME_FIELDS]);
const span = (...fields: readonly Uint8Array[]): Buffer => Buffer.concat([REGULAR, ...fields]);
const text = (value: string | Uint8Array): Buffer => textField(1, value);

describe('the hot path reads as the oracle does', () => {
  it.each([...tracesIn(FIXTURES), ...tracesIn(CAPTURES)])('%s, without its help', (file) => {
    const body = readFileSync(file);
    const spans = new WireDecoder(USER_IDS).decode(body, 0n);
    if (!spans.ok) throw spans.error;
    expect(expectSameAsOracle(body)).toBe(spans.items.length);
    expect(spans.items.length).toBeGreaterThan(0);
  });

  const values: Readonly<Record<string, Uint8Array>> = {
    text: text('Zürich, „quoted“ 🎉'),
    'text of 40 bytes': text('x'.repeat(40)),
    'text of 41 bytes': text('x'.repeat(41)),
    'text of 40 bytes that is not ASCII': text('é'.repeat(20)),
    'long text': text(`é${'a'.repeat(70_000)}`),
    'empty text': text(''),
    true: varintField(2, 1),
    false: varintField(2, 0),
    zero: varintField(3, 0),
    'a small integer': varintField(3, 443),
    'a negative integer': varintField(3, -5),
    'the largest integer': varintField(3, 2n ** 63n - 1n),
    'the smallest integer': varintField(3, -(2n ** 63n)),
    'an integer beyond doubles': varintField(3, 2n ** 53n + 1n),
    'a double': Buffer.concat([Buffer.from([0x21]), Buffer.from(new Float64Array([0.1]).buffer)]),
    NaN: Buffer.concat([Buffer.from([0x21]), Buffer.from(new Float64Array([Number.NaN]).buffer)]),
    bytes: lengthDelimited(7, Buffer.from([0, 255, 128])),
    nothing: new Uint8Array(),
    'a list': lengthDelimited(5, lengthDelimited(1, text('stop')), lengthDelimited(1, varintField(3, 2n ** 60n))),
    'an empty list': lengthDelimited(5),
    'a list of nothing': lengthDelimited(5, lengthDelimited(1)),
    'a map': lengthDelimited(6, attributeField('__proto__', text('x'), 1), attributeField('a', varintField(2, 1), 1)),
    'a map with a key twice': lengthDelimited(6, attributeField('a', text('1'), 1), attributeField('a', text('2'), 1)),
    'a map with a key alone': lengthDelimited(6, lengthDelimited(1, textField(1, 'a'))),
  };
  it.each(Object.entries(values))('%s as a value', (_, value) => {
    const attributes = [
      attributeField('before', text('1')),
      attributeField('k', value),
      attributeField('after', value),
    ];
    const event = lengthDelimited(11, fixed64Field(1, 5n), textField(2, 'e'), attributeField('k', value, 3));
    expect(expectSameAsOracle(request([span(...attributes, event)]))).toBe(1);
  });

  const regular: Readonly<Record<string, Uint8Array>> = {
    'no attributes': REGULAR,
    'no name': Buffer.concat([ID_FIELDS, TIME_FIELDS]),
    'fields out of order': Buffer.concat([
      attributeField('a', text('1')),
      TIME_FIELDS,
      lengthDelimited(11, textField(2, 'event before the ids'), fixed64Field(1, 9n)),
      attributeField('b', text('2')),
      NAME,
      ID_FIELDS,
    ]),
    'unknown fields of every wire type': span(
      varintField(200, 2n ** 64n - 1n),
      fixed64Field(201, 1n),
      textField(202, 'x'),
      Buffer.concat([varint(203 * 8 + 5), Buffer.alloc(4)]),
      varintField(10, 3),
      Buffer.concat([varint(16 * 8 + 5), Buffer.from([1, 1, 0, 0])]),
    ),
    'a status': span(lengthDelimited(15, textField(2, 'boom'), varintField(3, 2))),
    'a status and a kind of the future': span(lengthDelimited(15, varintField(3, 77)), varintField(6, 99)),
    'a parent': span(lengthDelimited(4, Buffer.from('00f067aa0ba902b7', 'hex'))),
    'an empty parent': span(lengthDelimited(4)),
    'a trace state': span(textField(3, 'vendor=1')),
    'text that is not UTF-8': span(
      textField(3, Buffer.from([0x61, 0xc3, 0x28, 0xff])),
      attributeField(
        Buffer.from([0x6b, 0xff]),
        text(Buffer.concat([Buffer.alloc(60, 0x61), Buffer.from([0xe2, 0x82])])),
      ),
    ),
    'user ids': span(
      attributeField('user.id', text('alice')),
      attributeField('enduser.id', varintField(3, 7)),
      lengthDelimited(11, fixed64Field(1, 5n), attributeField('user.id', text('bob'), 3)),
    ),
    'a key alone': span(lengthDelimited(9, textField(1, 'a'))),
    'several events': span(
      lengthDelimited(11, fixed64Field(1, 1n), textField(2, 'a'), attributeField('x', text('1'), 3)),
      lengthDelimited(11, fixed64Field(1, 2n), textField(2, 'b')),
      lengthDelimited(11, fixed64Field(1, 3n), attributeField('y', text('1'), 3), attributeField('z', text('1'), 3)),
    ),
    'times a nanosecond apart over a carry': Buffer.concat([
      ID_FIELDS,
      fixed64Field(7, 0x17ff_ffff_ffff_ffffn),
      fixed64Field(8, 0x1800_0000_0000_0000n),
    ]),
  };
  it.each(Object.entries(regular))('%s', (_, fields) => {
    expect(expectSameAsOracle(request([fields, REGULAR]))).toBe(2);
  });

  const irregular: Readonly<Record<string, Uint8Array>> = {
    'a name twice': span(
      attributeField('a', text('1')),
      attributeField('b', text('2')),
      attributeField('a', text('3')),
    ),
    'names that are the same once repaired': span(
      attributeField(Buffer.from([0xfe]), text('1')),
      attributeField(Buffer.from([0xff]), text('2')),
    ),
    'a field twice': span(NAME, textField(5, 'another')),
    'a status in two parts': span(lengthDelimited(15, textField(2, 'a')), lengthDelimited(15, varintField(3, 2))),
    'two values at once': span(attributeField('a', Buffer.concat([text('1'), varintField(3, 7)]))),
    'an unknown kind of value': span(attributeField('a', textField(9, 'x'))),
    'a value of one byte, which is no tag': span(attributeField('a', Buffer.from([0]))),
    'a value that ends after its tag': span(attributeField('a', Buffer.from([9 * 8 + 2]))),
    'a value before its key': span(lengthDelimited(9, lengthDelimited(2, text('1')), textField(1, 'a'))),
    'a value alone': span(lengthDelimited(9, lengthDelimited(2, text('1')))),
    'an attribute with an unknown field': span(
      lengthDelimited(9, textField(1, 'a'), lengthDelimited(2, text('1')), varintField(3, 1)),
    ),
    'a known field in another wire type': span(varintField(5, 1)),
    'a group': span(Buffer.concat([varint(50 * 8 + 3), varint(50 * 8 + 4)])),
    'a link': span(lengthDelimited(13, lengthDelimited(1, Buffer.from('ff', 'hex')), textField(3, 'x=1'))),
    'over-long varints': Buffer.concat([
      REGULAR,
      Buffer.concat([varint(9 * 8 + 2, 2), varint(9, 1), textField(1, 'a'), lengthDelimited(2, text('xx'))]),
    ]),
    'an over-long length': Buffer.concat([REGULAR, varint(5 * 8 + 2), varint(1, 3), Buffer.from('x')]),
    'a boolean of many bytes': span(attributeField('a', Buffer.from([0x10, 0x80, 0x01]))),
    'no times': Buffer.concat([ID_FIELDS, NAME]),
    'an end alone': Buffer.concat([ID_FIELDS, fixed64Field(8, 7n)]),
    'an end before the start': Buffer.concat([ID_FIELDS, fixed64Field(7, 9n), fixed64Field(8, 7n)]),
    'times beyond the last': Buffer.concat([ID_FIELDS, fixed64Field(7, -1n), fixed64Field(8, -1n)]),
    'an event without time': span(lengthDelimited(11, textField(2, 'e'))),
    'no ids': TIME_FIELDS,
    'ids of zeros': Buffer.concat([
      lengthDelimited(1, Buffer.alloc(16)),
      lengthDelimited(2, Buffer.alloc(8)),
      TIME_FIELDS,
    ]),
    'a short id': Buffer.concat([lengthDelimited(1, Buffer.alloc(3, 1)), lengthDelimited(2, Buffer.alloc(8, 1))]),
    'a parent of zeros': span(lengthDelimited(4, Buffer.alloc(8))),
    'nothing at all': new Uint8Array(),
    garbage: Buffer.from('ffffffffffffffffffffff', 'hex'),
    'a log record': Buffer.concat([fixed64Field(1, 7n), lengthDelimited(5, text('hello'))]),
    'values nested as deeply as is allowed': span(attributeField('a', nested(MAX_VALUE_DEPTH + 1))),
  };
  it.each(Object.entries(irregular))('%s, which it leaves to it', (_, fields) => {
    expect(expectSameAsOracle(request([REGULAR, fields, REGULAR]))).toBe(2);
  });

  it('values nested as deeply as is allowed', () => {
    const fields = span(attributeField('a', nested(MAX_VALUE_DEPTH)));
    expect(expectSameAsOracle(request([fields]))).toBe(1);
  });

  it('numbers at the limits and beyond', () => {
    const attributes = (count: number) =>
      span(...Array.from({ length: count }, (_, index) => attributeField(`k${index}`, text(''))));
    const events = (count: number) =>
      span(Buffer.concat(Array<Buffer>(count).fill(lengthDelimited(11, fixed64Field(1, 1n)))));
    expect(expectSameAsOracle(request([attributes(MAX_ATTRIBUTES)]))).toBe(1);
    expect(expectSameAsOracle(request([attributes(MAX_ATTRIBUTES + 1)]))).toBe(0);
    expect(expectSameAsOracle(request([events(MAX_EVENTS_PER_SPAN)]))).toBe(1);
    expect(expectSameAsOracle(request([events(MAX_EVENTS_PER_SPAN + 1)]))).toBe(0);
    const decoder = new WireDecoder(USER_IDS);
    const many = request(Array<Buffer>(MAX_ITEMS_PER_REQUEST + 1).fill(REGULAR));
    expect(decoder.decode(many, 0n)).toMatchObject({ ok: false, error: { code: 'LEEWAY_TOO_LARGE' } });
  });

  const resource = attributeField('service.name', text('bot'), 1);
  const scope = textField(1, 'scope');
  const spans = lengthDelimited(2, REGULAR);
  const bodies: Readonly<Record<string, Uint8Array>> = {
    nothing: new Uint8Array(),
    'a resource without scopes': lengthDelimited(1, lengthDelimited(1, resource)),
    'scopes before their resource': lengthDelimited(1, lengthDelimited(2, spans), lengthDelimited(1, resource)),
    'a resource twice': lengthDelimited(1, lengthDelimited(1, resource), lengthDelimited(1), lengthDelimited(2, spans)),
    'a scope after its spans': lengthDelimited(1, lengthDelimited(2, spans, lengthDelimited(1, scope))),
    'a scope in two parts': lengthDelimited(
      1,
      lengthDelimited(2, lengthDelimited(1, scope), lengthDelimited(1, textField(2, '1.0')), spans),
    ),
    'a broken scope': lengthDelimited(1, lengthDelimited(2, lengthDelimited(1, Buffer.from([0x0a, 0x7f])), spans)),
    'a broken resource': lengthDelimited(1, lengthDelimited(1, Buffer.from([0x0a, 0x7f])), lengthDelimited(2, spans)),
    'a resource with a user id': request([REGULAR], attributeField('user.id', text('carol'), 1)),
    'schema URLs and unknown fields': Buffer.concat([
      lengthDelimited(1, lengthDelimited(2, spans, textField(3, 'https://schema')), textField(3, 'https://schema')),
      varintField(77, 1),
    ]),
    'a request in another wire type': varintField(1, 1),
    'a scope in another wire type': lengthDelimited(1, varintField(2, 1)),
    'two resources with two scopes': Buffer.concat([
      request([REGULAR, span(attributeField('a', text('1')))], resource, scope),
      lengthDelimited(1, lengthDelimited(2, spans, spans), lengthDelimited(2, lengthDelimited(1, scope), spans)),
    ]),
  };
  it.each(Object.entries(bodies))('a request with %s', (_, body) => {
    expectSameAsOracle(body);
  });

  it('a body cut off anywhere', () => {
    const body = request(
      [span(attributeField('a', text('1')), lengthDelimited(11, fixed64Field(1, 5n)))],
      resource,
      scope,
    );
    for (let length = 0; length < body.length; length++) expectSameAsOracle(body.subarray(0, length));
  });

  it('a body that does not begin its buffer', () => {
    const body = request([span(attributeField('a', text('1')))], resource, scope);
    const around = Buffer.concat([Buffer.alloc(7, 0xff), body, Buffer.alloc(7, 0xff)]);
    expect(expectSameAsOracle(around.subarray(7, 7 + body.length))).toBe(1);
  });
});

describe('a user id', () => {
  it('is in no row as it was sent', () => {
    const body = request(
      [span(attributeField('user.id', text('alice@example.com')))],
      attributeField('enduser.id', text('alice@example.com'), 1),
    );
    const decoded = new WireDecoder(USER_IDS).decode(body, 0n);
    if (!decoded.ok) throw decoded.error;
    const rows = rowsOf(decoded.items).toString('latin1');
    expect(rows).toContain(USER_IDS.hash('alice@example.com'));
    expect(rows).not.toContain('alice@example.com');
    expect(decoded.items[0]?.attributes.get('user.id')).toBe('alice@example.com');
  });

  it.each([
    ['a view', 0, new Uint8Array()],
    ['left to the oracle', 1, textField(13, '')],
  ])('is in no row of a receiver, on a span, an event or a resource, where the span is %s', (_, plain, strange) => {
    const userId = attributeField('user.id', text('alice@example.com'));
    const event = lengthDelimited(11, fixed64Field(1, 5n), attributeField('user.id', text('alice@example.com'), 3));
    const resource = attributeField('user.id', text('alice@example.com'), 1);
    const received = createReceiver(SETTINGS).traces(
      request([span(userId, event, strange)], resource),
      'protobuf',
      Date.now(),
    );
    if (!received.ok) throw received.error;
    const { spans } = received.batch;
    expect(spans.filter((one) => !(one instanceof WireSpan))).toHaveLength(plain);
    const rows = rowsOf(spans).toString('latin1');
    expect(rows.split(hashUserId('alice@example.com', SETTINGS.userSalt))).toHaveLength(4);
    expect(rows).not.toContain('alice@example.com');
  });
});

/** A list in a list in a list … */
function nested(depth: number): Uint8Array {
  let value: Uint8Array = text('x');
  for (let level = 0; level < depth; level++) value = lengthDelimited(5, lengthDelimited(1, value));
  return value;
}
