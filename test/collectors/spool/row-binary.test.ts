import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowBinaryWriter } from '../../../collectors/spool/row-binary.js';

/** As ClickHouse's RowBinary has a string: its length as a varint, then its UTF-8. */
function encoded(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) length.push((rest % 0x80) | 0x80);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

/** Around the lengths at which the way of writing changes, in characters of one byte, of several, and mixed. */
const LENGTHS = [0, 1, 23, 24, 25, 41, 42, 43, 63, 64, 65, 126, 127, 128, 129, 300, 20_000];
const TEXTS = LENGTHS.flatMap((n) => [
  'a'.repeat(n),
  'é'.repeat(n),
  '漢'.repeat(n),
  '🧭'.repeat(n),
  `${'a'.repeat(Math.max(0, n - 1))}é`,
]);

describe('a string in RowBinary', () => {
  it('is its length and its UTF-8, however long it is', () => {
    const writer = new RowBinaryWriter();
    for (const text of TEXTS) {
      writer.string(text);
      expect(writer.take()).toEqual(encoded(text));
    }
  });

  it('is that for any text, after any other, in a buffer that has to grow', () => {
    const texts = fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.constantFrom(...TEXTS)), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(texts, (all) => {
        const writer = new RowBinaryWriter();
        for (const text of all) writer.string(text);
        expect(writer.bytes.equals(Buffer.concat(all.map(encoded)))).toBe(true);
      }),
    );
  });
});

describe('a writer', () => {
  it('encodes an object once, and what was encoded is the same wherever it is written', () => {
    const known = new WeakMap<{ name: string }, Uint8Array>();
    const key = { name: 'once' };
    let encodings = 0;
    const write = (to: RowBinaryWriter, { name }: { name: string }) => {
      encodings += 1;
      to.string(name);
      to.uint8(7);
    };
    const writer = new RowBinaryWriter();
    for (let time = 0; time < 3; time++) writer.once(known, key, write);
    const one = Buffer.concat([encoded('once'), Buffer.from([7])]);
    expect(writer.take()).toEqual(Buffer.concat([one, one, one]));
    expect(encodings).toBe(1);
  });

  it('takes back what was written after a length', () => {
    const writer = new RowBinaryWriter();
    writer.string('kept');
    const { length } = writer;
    writer.string('x'.repeat(100_000));
    writer.truncate(length);
    writer.string('next');
    expect(writer.take()).toEqual(Buffer.concat([encoded('kept'), encoded('next')]));
  });
});
