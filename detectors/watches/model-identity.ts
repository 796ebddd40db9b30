import { type FindingDraft, formatCount, formatRate, wordList } from '../../src/model/index.js';
import { wilson } from '../statistics/reference/proportion-intervals.js';
import { storedCalls } from './cells-sql.js';
import { clockWords, draftOf, named } from './draft.js';
import {
  DEPLOYMENTS,
  type DeploymentRow,
  parseRollout,
  ROLLOUTS,
  type RolloutRow,
  type WatchedRollout,
} from './rollout-facts.js';
import type { Watch, WatchContext } from './watch.js';

const RECENT_SECONDS = 900;
const HISTORY_SECONDS = 7 * 86_400;
/** A model is new for this long; then it is what people are used to. */
const NEW_SECONDS = 86_400;
/** A model that answered this long before another is what was there before. */
const LEAD_SECONDS = 600;
/** Calls that a model must have answered, before and now: a stray answer is no swap. */
const MINIMUM_CALLS = 20;
const MINIMUM_SHARE = 0.05;
/** A fingerprint changes within a pool of machines all the time; all of it changing is news. */
const MINIMUM_FINGERPRINT_SHARE = 0.8;
const LEVEL = 0.95;

/** Who answered a requested name. */
type ServedRow = {
  readonly targetId: string;
  readonly requested: string;
  /** The model version that the client says it runs; empty when it says none. */
  readonly tag: string;
  /** 1 for calls that their client sent to a rollout's candidate. */
  readonly ofCandidate: number;
  readonly served: string;
  readonly fingerprint: string;
  readonly n: number;
  /** Unix seconds. */
  readonly firstAt: number;
};

const SERVED = `
  SELECT target_id AS targetId, requested_model AS requested, served_model AS served,
    if(model_source = 'tagged', toString(model_version), '') AS tag, arm = 'candidate' AS ofCandidate,
    system_fingerprint AS fingerprint, count() AS n, toUnixTimestamp(min(bucket)) AS firstAt
  FROM ${storedCalls("requested_model != '' AND served_model != ''")}
  GROUP BY target_id, requested_model, served_model, tag, ofCandidate, system_fingerprint ORDER BY n DESC LIMIT 50 BY target_id`;

type Facts = {
  readonly recent: readonly ServedRow[];
  readonly history: readonly ServedRow[];
  readonly rollouts: readonly RolloutRow[];
  readonly deployments: readonly DeploymentRow[];
};

/** Is the model that answers the one that was asked for, and the one that answered before? */
export const modelIdentity: Watch<Facts> = {
  name: 'model_identity',
  question: 'Is the model that answers the one that was asked for, and the one that answered before?',
  everySeconds: 60,
  holdSeconds: 900,
  facts: {
    recent: { sql: SERVED, lookbackSeconds: RECENT_SECONDS },
    history: { sql: SERVED, lookbackSeconds: HISTORY_SECONDS, goodForSeconds: 1800 },
    rollouts: { ...ROLLOUTS, isNeeded: isSwapped },
    deployments: { ...DEPLOYMENTS, lookbackSeconds: HISTORY_SECONDS, isNeeded: isSwapped },
  },
  judge: ({ recent, history, rollouts, deployments }, context) => {
    const changes = { rollouts: rollouts.map(parseRollout), deployments };
    const swapped = swaps(recent, history, context).filter(({ served }) => !isAnnounced(served, changes));
    const requestedNames = [...new Set(recent.map(({ requested }) => requested))];
    return [
      ...swapped.map((swap) => swapFinding(swap, context)),
      ...requestedNames.flatMap((requested) => {
        const own = (rows: readonly ServedRow[]) => rows.filter((row) => row.requested === requested);
        const now = own(recent);
        return [...unpinned(requested, now, context), ...fingerprints(now, [...own(history), ...now], context)];
      }),
    ];
  },
};

function isSwapped({ recent = [], history = [] }: Partial<Facts>, context: WatchContext): boolean {
  return swaps(recent, history, context).length > 0;
}

interface Changes {
  readonly rollouts: readonly WatchedRollout[];
  readonly deployments: readonly DeploymentRow[];
}

/** Somebody said that this model was to come. What Leeway only saw coming nobody said. */
function isAnnounced(served: string, { rollouts, deployments }: Changes): boolean {
  return (
    rollouts.some(({ origin, candidate }) => origin === 'declared' && candidate.model === served) ||
    deployments.some(({ surface, version }) => surface === 'model' && version === served)
  );
}

interface Seen {
  readonly n: number;
  readonly firstAt: number;
}

/** Sums of calls and the first time of each value, over rows that may overlap in time. */
function seenBy(rows: readonly ServedRow[], value: (row: ServedRow) => string): ReadonlyMap<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const row of rows) {
    const before = seen.get(value(row));
    seen.set(value(row), {
      n: (before?.n ?? 0) + row.n,
      firstAt: Math.min(before?.firstAt ?? Number.POSITIVE_INFINITY, row.firstAt),
    });
  }
  return seen;
}

/**
 * Models that answer calls which another model answered before: calls that ask in the same way. Who asks for another name, tags
 * another model version or sends calls to a candidate changes the model himself. The largest of each name and model.
 */
function swaps(recent: readonly ServedRow[], history: readonly ServedRow[], context: WatchContext): Swap[] {
  const askedAs = ({ requested, tag, ofCandidate }: ServedRow) => JSON.stringify([requested, tag, ofCandidate]);
  const found = [...new Set(recent.map(askedAs))].flatMap((asked) => {
    const now = recent.filter((row) => askedAs(row) === asked);
    return swapsOf(now, [...history.filter((row) => askedAs(row) === asked), ...now], context);
  });
  const bySize = found.sort((a, b) => b.n - a.n);
  const isSame = (a: Swap, b: Swap) => a.requested === b.requested && a.served === b.served;
  return bySize.filter((swap, index) => bySize.findIndex((other) => isSame(other, swap)) === index);
}

function swapsOf(now: readonly ServedRow[], known: readonly ServedRow[], { until }: WatchContext): Swap[] {
  const history = seenBy(known, ({ served }) => served);
  const requested = now[0]?.requested ?? '';
  const total = now.reduce((sum, { n }) => sum + n, 0);
  return [...seenBy(now, ({ served }) => served)].flatMap(([served, { n }]) => {
    const firstAt = history.get(served)?.firstAt ?? until;
    const before = [...history].filter(
      ([other, seen]) => other !== served && seen.firstAt <= firstAt - LEAD_SECONDS && seen.n >= MINIMUM_CALLS,
    );
    const isNew = firstAt > until - NEW_SECONDS;
    if (!isNew || before.length === 0 || n < MINIMUM_CALLS || n / total < MINIMUM_SHARE) return [];
    const old = before.sort((a, b) => b[1].n - a[1].n)[0]?.[0] ?? '';
    return [{ requested, served, old, n, total, firstAt }];
  });
}

interface Swap {
  readonly requested: string;
  readonly served: string;
  readonly old: string;
  readonly n: number;
  readonly total: number;
  readonly firstAt: number;
}

function swapFinding({ requested, served, old, n, total, firstAt }: Swap, context: WatchContext): FindingDraft {
  const interval = wilson(n, total, 1 - LEVEL);
  return draftOf(modelIdentity, context, {
    metric: 'model_swapped',
    subject: `${requested} ${served}`,
    severity: 'warning',
    title: `${named(requested)} is now answered by ${named(served)}, was ${named(old)}`,
    sentence:
      `Calls that ask for ${named(requested)} were answered by ${named(old)}; since ${clockWords(firstAt)} ` +
      `${named(served)} answers ${formatRate(n / total)} of them (${formatCount(n)} of ${formatCount(total)} in the last ` +
      `${RECENT_SECONDS / 60} minutes). Nobody deployed that: the name is an alias, or a router sends calls elsewhere.`,
    method: `served models of each requested name, the last ${RECENT_SECONDS / 60} minutes against ${HISTORY_SECONDS / 86_400} days`,
    n: { 'calls now': total, 'answered by the new model': n },
    effect: {
      estimate: (n / total) * 100,
      lower: interval.lower * 100,
      upper: interval.upper * 100,
      level: LEVEL,
      unit: 'per cent of the calls',
    },
    surface: 'model',
    version: served,
    behind: { targetId: context.targetId, since: firstAt, until: context.until },
    details: { requested, before: old, now: served, advice: [`Ask for ${named(old)} by its dated name to keep it.`] },
  });
}

/** An alias: whoever serves it may swap the model at any time. */
function unpinned(requested: string, now: readonly ServedRow[], context: WatchContext): FindingDraft[] {
  const others = seenBy(
    now.filter(({ served }) => served !== requested),
    ({ served }) => served,
  );
  const n = [...others.values()].reduce((sum, seen) => sum + seen.n, 0);
  if (n < MINIMUM_CALLS) return [];
  const names = [...others.keys()].map(named);
  return [
    draftOf(modelIdentity, context, {
      metric: 'model_unpinned',
      subject: requested,
      severity: 'info',
      title: `${named(requested)} is an alias, answered by ${wordList(names)}`,
      sentence:
        `${formatCount(n)} calls asked for ${named(requested)}, which is an alias: ${wordList(names)} answered. Its provider may ` +
        'swap the model behind it without a word; ask for the dated name and roll out the next one as a version.',
      method: `requested against served model, the last ${RECENT_SECONDS / 60} minutes`,
      n: { calls: n },
      surface: 'model',
      details: { requested, served: [...others.keys()] },
    }),
  ];
}

/** The provider's own name of what it runs: a new one says that weights, code or machines changed. */
function fingerprints(now: readonly ServedRow[], known: readonly ServedRow[], context: WatchContext): FindingDraft[] {
  const withFingerprint = (rows: readonly ServedRow[]) => rows.filter(({ fingerprint }) => fingerprint !== '');
  return [...new Set(now.map(({ served }) => served))].flatMap((served) => {
    const own = withFingerprint(now).filter((row) => row.served === served);
    const history = seenBy(
      withFingerprint(known).filter((row) => row.served === served),
      ({ fingerprint }) => fingerprint,
    );
    const total = own.reduce((sum, { n }) => sum + n, 0);
    return [...seenBy(own, ({ fingerprint }) => fingerprint)].flatMap(([fingerprint, { n }]) => {
      const firstAt = history.get(fingerprint)?.firstAt ?? context.until;
      const old = [...history].filter(
        ([other, seen]) => other !== fingerprint && seen.firstAt <= firstAt - LEAD_SECONDS,
      );
      const isNew = firstAt > context.until - NEW_SECONDS;
      if (!isNew || old.length === 0 || n < MINIMUM_CALLS || n / total < MINIMUM_FINGERPRINT_SHARE) return [];
      return [
        draftOf(modelIdentity, context, {
          metric: 'system_fingerprint_changed',
          subject: `${served} ${fingerprint}`,
          severity: 'info',
          title: `${named(served)} runs as ${named(fingerprint)} now`,
          sentence:
            `Since ${clockWords(firstAt)} ${named(served)} answers ${formatRate(n / total)} of ${formatCount(total)} calls with ` +
            `system fingerprint ${named(fingerprint)}, which was ${wordList(old.slice(0, 3).map(([name]) => named(name)))} before: ` +
            'its provider changed weights, code or machines. If behaviour moved then, this is why.',
          method: `system fingerprints of each served model, the last ${RECENT_SECONDS / 60} minutes against before`,
          n: { 'calls now': total },
          surface: 'model',
          behind: { targetId: context.targetId, since: firstAt, until: context.until },
          details: { served, before: old.map(([name]) => name), now: fingerprint },
        }),
      ];
    });
  });
}
