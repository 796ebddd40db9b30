import { LRUCache } from 'lru-cache';
import { readTools, type ToolContract, type ToolSighting } from '../catalog/index.js';
import type { Database } from '../store/index.js';
import { MAX_ARTIFACTS, readArtifacts } from '../store/queries/artifacts.js';
import { type SeenTools, seenTools } from '../store/queries/tool-versions.js';

/** Characters of tool lists that are kept parsed: they come again with every question. */
const MAX_KEPT_CHARACTERS = 32 * 1024 ** 2;

/** A tool list that a target was seen with; `tools` is `null` where its content is not kept. */
export interface SeenToolList extends SeenTools {
  readonly tools: readonly ToolContract[] | null;
}

/** The tools that traces showed. */
export interface ToolLibrary {
  /** Tool lists of one service, one target or all, the latest seen first. */
  lists(filter?: { readonly service?: string; readonly targetId?: string }): Promise<SeenToolList[]>;
  /** Every definition in them. */
  sightings(filter?: { readonly service?: string }): Promise<ToolSighting[]>;
}

export function createToolLibrary(database: Database): ToolLibrary {
  const parsed = new LRUCache<string, readonly ToolContract[]>({ maxSize: MAX_KEPT_CHARACTERS });

  async function contentsOf(digests: readonly string[]): Promise<Map<string, readonly ToolContract[]>> {
    const found = new Map<string, readonly ToolContract[]>();
    for (const digest of digests) {
      const known = parsed.get(digest);
      if (known !== undefined) found.set(digest, known);
    }
    const unknown = digests.filter((digest) => !found.has(digest));
    for (let start = 0; start < unknown.length; start += MAX_ARTIFACTS) {
      for (const { digest, content } of await readArtifacts(database, unknown.slice(start, start + MAX_ARTIFACTS))) {
        const tools = readTools(content);
        // What is not kept today may be kept tomorrow.
        if (tools.length === 0) continue;
        found.set(digest, tools);
        parsed.set(digest, tools, { size: content.length });
      }
    }
    return found;
  }

  async function lists(filter: { readonly service?: string; readonly targetId?: string } = {}) {
    const seen = await seenTools(database, filter);
    const contents = await contentsOf([...new Set(seen.map(({ digest }) => digest))]);
    return seen.map((one) => ({ ...one, tools: contents.get(one.digest) ?? null }));
  }

  return {
    lists,
    async sightings(filter = {}) {
      return (await lists(filter)).flatMap(({ tools, firstSeenMs, lastSeenMs, learnedAtMs, ...seen }) => {
        const { targetId, service, environment, operation } = seen;
        const target = { targetId, service, environment, operation };
        return (tools ?? []).map((definition) => ({ definition, target, firstSeenMs, lastSeenMs, learnedAtMs }));
      });
    },
  };
}
