import { type ContentMode, type Outcome, stricter } from '../../src/model/index.js';
import type { Database } from '../../src/store/index.js';
import { generationTargets } from '../../src/store/queries/generation-targets.js';
import type { BatchSink } from '../outcomes.js';
import { wholly } from '../steps.js';
import type { ContentPolicy } from './policy.js';
import type { KnownModes, Protection } from './protection.js';

/**
 * A sink for outcomes that come by themselves: their comments are kept as the target of their call keeps its content. Where
 * the call is not known yet, or the store does not answer, as the strictest of all does.
 */
export function protectedSink(
  sink: BatchSink,
  parts: { readonly database: Database; readonly policy: ContentPolicy; readonly protection: Protection },
): BatchSink {
  return {
    append: async (batch) => {
      const commented = batch.outcomes.filter(({ comment }) => comment !== '');
      const isSame = parts.policy.isUniform || commented.length === 0;
      const known = isSame ? undefined : await modesOf(commented, parts).catch(() => NOTHING_KNOWN);
      await sink.append(wholly(parts.protection.batch(batch, known)));
    },
  };
}

/** The store may be away; outcomes wait in the spool for it, and their comments are treated as anybody's. */
const NOTHING_KNOWN: KnownModes = new Map();

/** Outcomes that are asked for at once: their ids travel in the request's address. */
const OUTCOMES_PER_QUERY = 100;

/** By trace and by response id. */
async function modesOf(
  outcomes: readonly Outcome[],
  { database, policy }: { readonly database: Database; readonly policy: ContentPolicy },
): Promise<ReadonlyMap<string, ContentMode>> {
  const modes = new Map<string, ContentMode>();
  for (let from = 0; from < outcomes.length; from += OUTCOMES_PER_QUERY) {
    const some = outcomes.slice(from, from + OUTCOMES_PER_QUERY);
    const traceIds = some.map(({ traceId }) => traceId);
    const responseIds = some.map(({ responseId }) => responseId);
    for (const { traceId, responseId, ...target } of await generationTargets(database, { traceIds, responseIds })) {
      const mode = policy.modeOf(target);
      for (const id of [traceId, responseId]) modes.set(id, stricter(mode, modes.get(id) ?? mode));
    }
  }
  modes.delete('');
  return modes;
}
