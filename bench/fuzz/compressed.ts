import { gzipSync } from 'node:zlib';
import { inflate } from '../../collectors/index.js';
import { seededUniform } from '../statistics/random.js';
import { mutateBytes } from './mutate-bytes.js';

const LIMIT_BYTES = 64 * 1024;

/**
 * A body in gzip, changed or not, undone again.
 * @returns what is wrong, or nothing: bytes that are none are refused, and others come out as they went in
 */
export async function tryCompressed(body: Buffer, seed: number, input: number): Promise<string> {
  const uniform = seededUniform(seed, 'compressed', input);
  const sent = gzipSync(body);
  const isChanged = uniform() < 0.8;
  try {
    const inflated = await inflate(isChanged ? mutateBytes(sent, uniform) : sent, 'gzip', () => {}, LIMIT_BYTES);
    if (inflated.ok && inflated.body.length > LIMIT_BYTES) return `${inflated.body.length} bytes were inflated`;
    if (isChanged) return '';
    const isSame = inflated.ok && body.equals(inflated.body);
    return isSame || body.length > LIMIT_BYTES ? '' : 'what was compressed is not what was inflated';
  } catch (error) {
    return `inflating threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}
