import { LRUCache } from 'lru-cache';
import { BUCKET_SECONDS, type TargetKey, targetId, type VersionVector, vectorIdOf } from '../src/model/index.js';
import type { SampledCall } from './generation.js';

/** Fingerprints wanted of each version vector of a target in a bucket; a rare vector gets them all. */
export const FINGERPRINTS_PER_BUCKET = 20;

/** Vectors that are followed; the one not seen for longest is forgotten first, and starts again. */
const MAX_FOLLOWED = 10_000;

const BUCKET_NS = BigInt(BUCKET_SECONDS) * 1_000_000_000n;
const HASH_DIGITS = 8;
const HASH_RANGE = 16 ** HASH_DIGITS;

interface Key {
  readonly target: TargetKey;
  readonly text: string;
}

interface Rate {
  bucket: bigint;
  /** Generations of the bucket so far. */
  seen: number;
  /** Share of traces that are sampled. */
  share: number;
}

/**
 * Which outputs are fingerprinted. By their trace id, never by what they are or when they arrive: a sample of those that
 * end first would be one of short answers. The share follows the traffic of the vector's last bucket.
 */
export class FingerprintSampling {
  readonly #rates = new LRUCache<string, Rate>({ max: MAX_FOLLOWED });
  /** Of the vectors that come again: a text that was just put together is hashed anew. */
  readonly #keys = new WeakMap<VersionVector, Key>();

  /** Is it in the sample? Counts the generation as seen. */
  takes(call: SampledCall): boolean {
    const rate = this.#rateOf(call);
    rate.seen++;
    // A vector's first bucket has no share to go by: it shrinks while the bucket fills.
    if (rate.seen * rate.share > 2 * FINGERPRINTS_PER_BUCKET) rate.share /= 2;
    if (call.arm === 'shadow') return true;
    return Number.parseInt(call.traceId.slice(0, HASH_DIGITS), 16) / HASH_RANGE < rate.share;
  }

  #rateOf(call: SampledCall): Rate {
    const key = this.#keyOf(call);
    const bucket = call.startNs / BUCKET_NS;
    const known = this.#rates.get(key);
    if (known === undefined) {
      const first = { bucket, seen: 0, share: 1 };
      this.#rates.set(key, first);
      return first;
    }
    if (bucket > known.bucket) {
      known.share = Math.min(1, FINGERPRINTS_PER_BUCKET / Math.max(1, known.seen));
      known.bucket = bucket;
      known.seen = 0;
    }
    return known;
  }

  #keyOf({ target, versions }: SampledCall): string {
    const known = this.#keys.get(versions);
    if (known?.target === target) return known.text;
    const text = `${targetId(target)} ${vectorIdOf(versions)}`;
    this.#keys.set(versions, { target, text });
    return text;
  }
}
