import { type Encoding, FieldProblem, type Signal } from './draft.js';
import { protobufSpans } from './protobuf.js';

/** What an OTLP body is, told by its content alone. */
export interface BodyKind {
  readonly encoding: Encoding;
  readonly signal: Signal;
}

const OPENING_BRACE = 0x7b;
const WHITESPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Tells protobuf from JSON and traces from logs. A JSON body begins with a brace, which no OTLP request in protobuf does
 * (they begin with field 1); the two requests in protobuf differ first in the shape of their items.
 */
export function recogniseBody(body: Uint8Array): BodyKind {
  const first = body.find((byte) => !WHITESPACE.has(byte));
  if (first === OPENING_BRACE) return { encoding: 'json', signal: jsonSignal(body) };
  return { encoding: 'protobuf', signal: protobufSignal(body) };
}

/** By the name of the outermost field; the decoder says what is wrong with a body that has neither. */
function jsonSignal(body: Uint8Array): Signal {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const logs = text.indexOf('"resourceLogs"');
  const spans = text.indexOf('"resourceSpans"');
  return logs >= 0 && (spans < 0 || logs < spans) ? 'logs' : 'traces';
}

function protobufSignal(body: Uint8Array): Signal {
  try {
    const items = protobufSpans(body);
    return items.some((item) => item.foreign()) ? 'logs' : 'traces';
  } catch (error) {
    if (error instanceof FieldProblem) return 'traces'; // Malformed either way; the decoder says where.
    throw error;
  }
}
