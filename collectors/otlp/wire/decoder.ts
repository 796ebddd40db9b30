import { RowBinaryWriter } from '../../spool/row-binary.js';
import { writeResource, writeScope } from '../../spool/shared-columns.js';
import { checkSpan } from '../check.js';
import { type Decoded, decodeEach, decodeTraces, type Rejections } from '../decode.js';
import { FieldProblem } from '../draft.js';
import { protobufSpans, readResource, readScope } from '../protobuf.js';
import type { Attributes, Span } from '../types.js';
import { type HashUser, WireBody, WireMemory, type WireResource, type WireScope } from './body.js';
import { ShapeTable } from './shape.js';
import { WireSpan } from './span.js';
import { Tape } from './tape.js';
import { IRREGULAR_SPAN, type Range, type WalkedRequest, walkRequest } from './walk-request.js';

/** What must not be written in the clear, and what is written instead. */
export interface UserIds {
  readonly isUserId: (name: string) => boolean;
  readonly hash: HashUser;
  /** Attributes with hashes in place of user ids. */
  readonly hide: (attributes: Attributes) => Attributes;
}

/** Reads ExportTraceServiceRequests, as `decodeTraces` does, into views. Keeps what it learned from one to the next. */
export class WireDecoder {
  readonly #memory = new WireMemory();
  readonly #tape = new Tape();
  readonly #table: ShapeTable;
  readonly #userIds: UserIds;

  constructor(userIds: UserIds) {
    this.#userIds = userIds;
    this.#table = new ShapeTable(userIds.isUserId);
  }

  /** @param receivedNs stands in for a span's times when it has neither */
  decode(body: Uint8Array, receivedNs: bigint): Decoded<Span> {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const walked = walkRequest(bytes, this.#tape, this.#table);
    const spans = walked === null ? null : this.#views(bytes, walked);
    if (spans === null) return decodeTraces(bytes, 'protobuf', receivedNs);
    if (spans.every((span) => span !== null)) return { ok: true, items: spans, rejected: NOTHING_REJECTED };
    return decodeEach(protobufSpans(bytes), 'traces', (item, index) => {
      return spans[index] ?? checkSpan(item.read(), item.resource(), item.scope(), receivedNs);
    });
  }

  /** A view for each span, `null` for those that the oracle must read; `null` when it must read them all. */
  #views(bytes: Buffer, walked: WalkedRequest): (WireSpan | null)[] | null {
    const resources = walked.resources.map((range) => this.#resource(bytes, range));
    const scopes = walked.scopes.map((range) => this.#scope(bytes, range));
    if (!scopes.every((scope) => scope !== null) || !resources.every((resource) => resource !== null)) return null;
    const parts = { memory: this.#memory, hashUser: this.#userIds.hash, shapes: walked.shapes, resources, scopes };
    const body = new WireBody(bytes, walked.tape, parts);
    return walked.spans.map((at) => (at === IRREGULAR_SPAN ? null : new WireSpan(body, at)));
  }

  /** `null` when the oracle must say what is wrong with it. */
  #resource(bytes: Buffer, { start, end }: Range): WireResource | null {
    const known = this.#memory.resources.get(bytes, start, end);
    if (known !== undefined) return known;
    const attributes = attempt(() => readResource(copy(bytes, start, end)));
    if (attributes === null) return null;
    const hidden = this.#userIds.hide(attributes);
    const resource = { attributes, row: rowOf((to) => writeResource(to, hidden)) };
    this.#memory.resources.set(bytes, start, end, resource);
    return resource;
  }

  #scope(bytes: Buffer, { start, end }: Range): WireScope | null {
    const known = this.#memory.scopes.get(bytes, start, end);
    if (known !== undefined) return known;
    const read = attempt(() => readScope(copy(bytes, start, end)));
    if (read === null) return null;
    const scope = { ...read, row: rowOf((to) => writeScope(to, read)) };
    this.#memory.scopes.set(bytes, start, end, scope);
    return scope;
  }
}

const NOTHING_REJECTED: Rejections = { count: 0, reasons: [] };

/** What is remembered must not keep the body that it came in. */
function copy(bytes: Buffer, start: number, end: number): Buffer {
  return Buffer.from(bytes.subarray(start, end));
}

function attempt<Result>(read: () => Result): Result | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof FieldProblem) return null;
    throw error;
  }
}

function rowOf(write: (to: RowBinaryWriter) => void): Uint8Array {
  const writer = new RowBinaryWriter();
  write(writer);
  return Buffer.from(writer.bytes);
}
