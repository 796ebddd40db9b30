import { JoinForward } from '../../detectors/index.js';
import type { Block } from '../model/index.js';

/**
 * Joins buckets in which one arm was silent, as live rollouts do while their buckets come in.
 * @param blocks in bucket order
 * @returns blocks in bucket order, named by the last bucket they contain; what found no partner stays one-armed
 */
export function mergeForward(blocks: readonly Block[]): Block[] {
  const join = new JoinForward();
  const merged = blocks.flatMap((block) => join.add(block));
  return [...merged, ...join.waiting].sort((a, b) => a.bucket - b.bucket);
}
