import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib, { type ZlibOptions } from 'node:zlib';
import { errorMessage, LeewayError } from '../../src/model/index.js';
import { MAX_DECODED_BYTES } from './limits.js';

/** Decompressed bytes, or why there are none: `LEEWAY_TOO_LARGE`, `LEEWAY_MALFORMED`, `LEEWAY_UNSUPPORTED_MEDIA_TYPE`. */
export type Inflated =
  | { readonly ok: true; readonly body: Uint8Array }
  | { readonly ok: false; readonly error: LeewayError };

/** zstd came to node:zlib with 22.15; the types of Node 20 do not know it. */
const zstd: unknown = Reflect.get(zlib, 'createZstdDecompress');

const MIN_PIECE_BYTES = 16 * 1024;
const MAX_PIECE_BYTES = 256 * 1024;
/** Of spans with prompts in them. */
const USUAL_RATIO = 4;

/**
 * The content encodings this runtime can take, for error messages and `Accept-Encoding`.
 */
export const CONTENT_ENCODINGS: readonly string[] = ['gzip', 'deflate', ...(isStreamFactory(zstd) ? ['zstd'] : [])];

/**
 * Undoes a request's `Content-Encoding`.
 *
 * The output is counted while it streams, and the work stops at the limit: a bomb costs its limit, not its size.
 *
 * @param contentEncoding the header's value; empty and `identity` mean none
 * @param onGrowth hears of every further piece of the output before it is kept; a LeewayError it throws ends the work
 * @param limitBytes largest result that is accepted
 */
export async function inflate(
  body: Uint8Array,
  contentEncoding: string,
  onGrowth: (bytes: number) => void = () => {},
  limitBytes: number = MAX_DECODED_BYTES,
): Promise<Inflated> {
  const encoding = contentEncoding.trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') {
    return body.length <= limitBytes ? { ok: true, body } : { ok: false, error: tooLarge(limitBytes) };
  }
  const stream = decompressor(encoding, { chunkSize: pieceBytes(body.length) });
  if (stream === null) {
    const message = `Content-Encoding ${encoding} is not supported: use ${CONTENT_ENCODINGS.join(', ')} or none`;
    return { ok: false, error: new LeewayError('LEEWAY_UNSUPPORTED_MEDIA_TYPE', message) };
  }
  return await collect(body, stream, encoding, onGrowth, limitBytes);
}

async function collect(
  body: Uint8Array,
  stream: Transform,
  encoding: string,
  onGrowth: (bytes: number) => void,
  limitBytes: number,
): Promise<Inflated> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    await pipeline([body], stream, async (output: AsyncIterable<Buffer>) => {
      for await (const chunk of output) {
        length += chunk.length;
        if (length > limitBytes) throw tooLarge(limitBytes);
        onGrowth(chunk.length);
        chunks.push(chunk);
      }
    });
  } catch (error) {
    if (error instanceof LeewayError) return { ok: false, error };
    const message = `the body is not valid ${encoding} (${errorMessage(error)})`;
    return { ok: false, error: new LeewayError('LEEWAY_MALFORMED', message, { cause: error }) };
  }
  return { ok: true, body: Buffer.concat(chunks, length) };
}

function decompressor(encoding: string, options: ZlibOptions): Transform | null {
  if (encoding === 'gzip' || encoding === 'x-gzip') return zlib.createGunzip(options);
  if (encoding === 'deflate') return zlib.createInflate(options);
  if (encoding === 'zstd' && isStreamFactory(zstd)) return zstd(options);
  return null;
}

/** Every piece of output is a trip to another thread and back: of zlib's own 16 KiB, 64 for a common request. */
function pieceBytes(compressedBytes: number): number {
  return Math.min(MAX_PIECE_BYTES, Math.max(MIN_PIECE_BYTES, compressedBytes * USUAL_RATIO));
}

function isStreamFactory(value: unknown): value is (options: ZlibOptions) => Transform {
  return typeof value === 'function';
}

function tooLarge(limitBytes: number): LeewayError {
  const limit = `${limitBytes} bytes after decompression`;
  return new LeewayError('LEEWAY_TOO_LARGE', `the body is larger than ${limit}: lower the exporter's batch size`);
}
