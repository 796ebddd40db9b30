/**
 * The hot path: spans out of protobuf without objects in between.
 *
 * A request is walked over once (walk-request.ts, walk-span.ts). The walk decodes nothing: it notes on a tape of integers
 * where each field and each attribute's value stands, and finds the span's *shape*, the sequence of its attributes' names,
 * by comparing bytes with the span before (shape.ts, keys.ts). A span is then a small view over body and tape (span.ts) whose attributes
 * are a Map-like view (attributes.ts): whoever asks for one value has that one decoded. Its row is written by copying, since
 * OTLP and RowBinary encode text alike (columns.ts). What repeats from call to call (models, instructions, tool definitions,
 * resources) is recognised by its bytes and decoded, parsed and canonicalised once (byte-memo.ts).
 *
 * The walk takes only what exporters really write. Whatever is unusual (broken, over-long, out of limits, a field twice, a
 * name twice, without time, with links) is left to the oracle, protobuf.ts: one span, or the request when it is around the
 * spans. So both give the same for every input, refusals and their wording included, and the tests say so.
 */
export { writeWireSpan } from './columns.js';
export { type UserIds, WireDecoder } from './decoder.js';
export { WireSpan } from './span.js';
