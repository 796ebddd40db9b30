import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { compareTools, explainToolChange, readTools } from '../../catalog/index.js';

/** Comparisons that are kept: a change is looked at for a day, and proofs take their time. */
const MAX_KEPT = 200;

/** What of a change of tool definitions breaks calls that were right before, in sentences; each pair is compared once. */
export function createToolComparison(): (before: string, now: string) => readonly string[] {
  const kept = new LRUCache<string, readonly string[]>({ max: MAX_KEPT });
  return (before, now) => {
    const key = `${digestOf(before)} ${digestOf(now)}`;
    const known = kept.get(key);
    if (known) return known;
    const [old, current] = [readTools(before), readTools(now)];
    // Content that is not kept, or redacted beyond reading, is no tool that went away.
    const { changes } = old.length > 0 && current.length > 0 ? compareTools(old, current) : { changes: [] };
    const breaks = changes
      .filter(({ verdict }) => verdict === 'incompatible')
      .map((change) => `${change.name}: ${explainToolChange(change).join(' ')}`);
    kept.set(key, breaks);
    return breaks;
  };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
