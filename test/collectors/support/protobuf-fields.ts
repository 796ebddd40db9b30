import protobuf from 'protobufjs';

/** The fields of any protobuf message by number: bytes, or a number. Of repeated ones the last. */
export function protobufFields(bytes: Uint8Array): Map<number, number | Uint8Array> {
  const reader = protobuf.Reader.create(bytes);
  const fields = new Map<number, number | Uint8Array>();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    fields.set(tag >>> 3, (tag & 7) === 2 ? reader.bytes() : Number(reader.int64()));
  }
  return fields;
}

export function textOf(value: number | Uint8Array | undefined): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : '';
}
