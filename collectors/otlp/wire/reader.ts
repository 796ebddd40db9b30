/** Something that a well-behaved client does not send: the span it stands in is read by the oracle instead. */
export const IRREGULAR = new Error('not the regular encoding');

/** Protobuf's wire types, the lower three bits of a tag. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Lengths and tags beyond this many bytes are over-long, or longer than any body that is accepted. */
const MAX_LENGTH_BYTES = 4;
const MAX_VARINT_BYTES = 10;

/** A place in a body. Reads what exporters write, and throws {@link IRREGULAR} at anything else; never beyond `end`. */
export class WireReader {
  readonly bytes: Uint8Array;
  position: number;
  end: number;

  constructor(bytes: Uint8Array, position: number, end: number) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** Reads from here on in another part of the same body. */
  enter(position: number, end: number): void {
    this.position = position;
    this.end = end;
  }

  byte(): number {
    if (this.position >= this.end) throw IRREGULAR;
    return this.bytes[this.position++] ?? 0;
  }

  /** A field's number × 8 + wire type, or a length: a varint of up to 28 bits. */
  small(): number {
    const first = this.byte();
    return first < 0x80 ? first : this.#smallRest(first);
  }

  #smallRest(first: number): number {
    let value = first & 0x7f;
    for (let count = 1; count < MAX_LENGTH_BYTES; count++) {
      const byte = this.byte();
      value |= (byte & 0x7f) << (7 * count);
      if (byte === 0) break; // Over-long.
      if (byte < 0x80) return value;
    }
    throw IRREGULAR;
  }

  /** The end of a length-delimited field that begins here. */
  endOfBytes(): number {
    const length = this.small();
    const end = this.position + length;
    if (end > this.end) throw IRREGULAR;
    return end;
  }

  /** Passes eight bytes. @returns where they begin */
  fixed64(): number {
    const at = this.position;
    if (at + 8 > this.end) throw IRREGULAR;
    this.position = at + 8;
    return at;
  }

  /** Passes a varint of up to 64 bits. @returns where it begins */
  varint(): number {
    const at = this.position;
    for (let count = 1; count <= MAX_VARINT_BYTES; count++) {
      const byte = this.byte();
      // The tenth byte holds one bit; exporters write no more there.
      if (byte < 0x80) {
        if (count === MAX_VARINT_BYTES && byte > 1) throw IRREGULAR;
        return at;
      }
    }
    throw IRREGULAR;
  }

  /** Passes a field that nobody reads. */
  skip(tag: number): void {
    if (tag < 8) throw IRREGULAR; // Field number 0.
    switch (tag & 7) {
      case WIRE.varint:
        this.varint();
        return;
      case WIRE.fixed64:
        this.fixed64();
        return;
      case WIRE.bytes:
        this.position = this.endOfBytes();
        return;
      case WIRE.fixed32:
        if (this.position + 4 > this.end) throw IRREGULAR;
        this.position += 4;
        return;
      default:
        throw IRREGULAR; // Groups.
    }
  }
}
