import {
  type FindingDraft,
  formatCount,
  formatRate,
  formatSeconds,
  SURFACES,
  type Surface,
} from '../../src/model/index.js';
import { publishedCells, storedCalls } from './cells-sql.js';
import { clockWords, draftOf, named } from './draft.js';
import { TOOLS, type ToolsRow, toolFindings } from './tool-changes.js';
import type { Watch, WatchContext } from './watch.js';

const HISTORY_SECONDS = 7 * 86_400;
const COVERAGE_SECONDS = 3600;
/** Calls with each content before it counts: one debugging call does not edit a version. */
const MINIMUM_CALLS = 20;
/** More contents than this under one tag are renderings of a template. */
const MOST_EDITIONS = 5;
/** A content is new for this long. */
const NEW_SECONDS = 86_400;
/** Contents that begin within this time of one another were always both there. */
const SIDE_BY_SIDE_SECONDS = 600;
/** A tag that was away for this long and comes back with other content is a name used twice. */
const ABSENCE_SECONDS = 3600;
const MINIMUM_COVERAGE_CALLS = 100;
const MISSING_SHARE = 0.1;
/** Contents in an hour beyond which a prompt without a version is a template. */
const TEMPLATED_CONTENTS = 20;

/** Attributes that tell a version, for people to paste. */
const HOW_TO_TAG: Readonly<Record<Surface, string>> = {
  model: 'gen_ai.response.model',
  prompt: 'gen_ai.prompt.version',
  tools: 'leeway.tools.version',
  context: 'leeway.context.version',
};

/** Model and prompt belong to every call; tools and contexts need not. */
const ALWAYS_TAGGED = ['model', 'prompt'] as const;

const DIGESTED: readonly Surface[] = ['prompt', 'tools', 'context'];

/** One content that was seen under a tag. */
type EditionRow = {
  readonly targetId: string;
  readonly surface: Surface;
  readonly version: string;
  readonly digest: string;
  readonly n: number;
  /** Unix seconds. */
  readonly firstAt: number;
  readonly lastAt: number;
};

type TemplateRow = { readonly targetId: string; readonly contents: number; readonly n: number };
type VectorRow = { readonly targetId: string; readonly vectorId: string; readonly n: number };

const SURFACE_TUPLES = DIGESTED.map(
  (surface) => `('${surface}', toString(${surface}_version), ${surface}_digest, ${surface}_source = 'tagged')`,
).join(', ');

/**
 * Targets with a tag that stands for several contents: most have none, and days of calls need not be counted. Tags with more
 * contents than editions are templates.
 */
const EDITED = `target_id IN (
  SELECT target_id FROM surface_versions
  WHERE target_id IN {targets:Array(String)} AND source = 'tagged' AND digest != ''
    AND surface IN (${DIGESTED.map((surface) => `'${surface}'`).join(', ')})
  GROUP BY target_id, surface, version
  HAVING uniqExactIf(digest, last_seen >= toDateTime({since:Int64}, 'UTC')) BETWEEN 2 AND ${MOST_EDITIONS})`;

type Facts = {
  readonly editions: readonly EditionRow[];
  readonly templates: readonly TemplateRow[];
  readonly traffic: readonly VectorRow[];
  readonly tools: readonly ToolsRow[];
};

/** Is a version's name worth what it says? */
export const registryHygiene: Watch<Facts> = {
  name: 'registry_hygiene',
  question: 'Does a version name stand for one content, and does every call carry one?',
  everySeconds: 120,
  holdSeconds: 1800,
  facts: {
    editions: {
      sql: `
        SELECT target_id AS targetId, edition.1 AS surface, edition.2 AS version, toString(edition.3) AS digest,
          count() AS n, toUnixTimestamp(min(bucket)) AS firstAt, toUnixTimestamp(max(bucket)) AS lastAt
        FROM (
          SELECT target_id, bucket, arrayJoin(arrayFilter(one -> one.4 AND one.3 != '', [${SURFACE_TUPLES}])) AS edition
          FROM ${storedCalls(EDITED)})
        GROUP BY target_id, surface, version, digest
        ORDER BY n DESC LIMIT 100 BY target_id, surface`,
      lookbackSeconds: HISTORY_SECONDS,
      goodForSeconds: 300,
    },
    templates: {
      sql: `
        SELECT target_id AS targetId, uniq(prompt_digest) AS contents, count() AS n
        FROM ${storedCalls("prompt_source = 'missing' AND prompt_digest != ''")} GROUP BY target_id`,
      lookbackSeconds: COVERAGE_SECONDS,
      goodForSeconds: 300,
      isNeeded: (_, context) => lacks(context, 'prompt'),
    },
    traffic: {
      sql: `SELECT target_id AS targetId, vector_id AS vectorId, sum(n) AS n
        FROM ${publishedCells("metric = 'errors'")} GROUP BY target_id, vector_id`,
      lookbackSeconds: COVERAGE_SECONDS,
      isNeeded: (_, context) => ALWAYS_TAGGED.some((surface) => lacks(context, surface)),
    },
    tools: TOOLS,
  },
  judge: ({ editions, templates, traffic, tools }, context) => [
    ...groupEditions(editions).flatMap((group) => editionFindings(group, context)),
    ...templates.flatMap((row) => templateFinding(row, context)),
    ...coverageFindings(traffic, context),
    ...toolFindings(registryHygiene, tools, context),
  ],
};

function lacks({ vectors }: WatchContext, surface: Surface): boolean {
  return vectors.some(({ sources }) => sources[surface] === 'missing');
}

function groupEditions(rows: readonly EditionRow[]): EditionRow[][] {
  const groups = new Map<string, EditionRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.surface, row.version]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

/** Contents of one tag that are more than an accident, oldest first. */
function editionFindings(rows: readonly EditionRow[], context: WatchContext): FindingDraft[] {
  if (rows.length > MOST_EDITIONS) return [];
  const editions = rows.filter(({ n }) => n >= MINIMUM_CALLS).sort((a, b) => a.firstAt - b.firstAt);
  const newest = editions.at(-1);
  const before = editions.at(-2);
  if (!newest || !before || newest.firstAt <= context.until - NEW_SECONDS) return [];
  if (newest.firstAt - before.firstAt < SIDE_BY_SIDE_SECONDS) return [];
  const absence = newest.firstAt - Math.max(...editions.slice(0, -1).map(({ lastAt }) => lastAt));
  const reused = absence >= ABSENCE_SECONDS;
  const { surface, version } = newest;
  const tag = `${surface} ${named(version)}`;
  const what = reused
    ? `came back after ${formatSeconds(absence)} with another content`
    : 'was edited in place: the same name now stands for another content';
  return [
    draftOf(registryHygiene, context, {
      metric: reused ? 'version_reused' : 'version_mutated',
      subject: `${surface} ${version} ${newest.digest}`,
      severity: 'warning',
      title: reused ? `${tag} was used again for another content` : `${tag} was edited in place`,
      sentence:
        `${tag} ${what}. ${formatCount(before.n)} calls ran ${named(before.digest)}, ${formatCount(newest.n)} since ` +
        `${clockWords(newest.firstAt)} ran ${named(newest.digest)}: comparisons and rollbacks by that name do not mean ` +
        'what they say. Publish the new content under a new version.',
      method: `digests of the content that calls with one tag ran with, ${HISTORY_SECONDS / 86_400} days`,
      n: { 'calls before': before.n, 'calls since': newest.n },
      surface,
      version,
      behind: { targetId: context.targetId, since: newest.firstAt, until: context.until },
      details: { version, digests: [before.digest, newest.digest] },
    }),
  ];
}

function templateFinding({ contents, n }: TemplateRow, context: WatchContext): FindingDraft[] {
  if (contents <= TEMPLATED_CONTENTS || n < MINIMUM_COVERAGE_CALLS) return [];
  return [
    draftOf(registryHygiene, context, {
      metric: 'prompt_templated',
      subject: 'prompt',
      severity: 'info',
      title: 'The prompt is a template without a version',
      sentence:
        `${formatCount(n)} calls of the last hour ran about ${formatCount(contents)} different instructions and carry no prompt ` +
        `version: each rendering of a template looks like a version of its own, so Leeway counts none. Tag calls with ` +
        `${HOW_TO_TAG.prompt} to have prompt changes watched.`,
      method: 'distinct instructions of calls without a prompt version, one hour',
      n: { calls: n, contents },
      surface: 'prompt',
      details: { attribute: HOW_TO_TAG.prompt },
    }),
  ];
}

function coverageFindings(traffic: readonly VectorRow[], context: WatchContext): FindingDraft[] {
  const total = traffic.reduce((sum, { n }) => sum + n, 0);
  if (total < MINIMUM_COVERAGE_CALLS) return [];
  const missing = (surface: Surface): number =>
    traffic.reduce((sum, { vectorId, n }) => {
      const vector = context.vectors.find((one) => one.vectorId === vectorId);
      return vector?.sources[surface] === 'missing' ? sum + n : sum;
    }, 0);
  const coverage = Object.fromEntries(SURFACES.map((surface) => [surface, 1 - missing(surface) / total]));
  return ALWAYS_TAGGED.flatMap((surface) => {
    const n = missing(surface);
    if (n / total < MISSING_SHARE) return [];
    return [
      draftOf(registryHygiene, context, {
        metric: 'version_missing',
        subject: surface,
        severity: 'info',
        title: `${formatRate(n / total)} of the calls carry no ${surface} version`,
        sentence:
          `${formatCount(n)} of ${formatCount(total)} calls of the last hour (${formatRate(n / total)}) carry no ${surface} version: ` +
          `a change of the ${surface} cannot be seen in them. Tag calls with ${HOW_TO_TAG[surface]}.`,
        method: 'versions of the generations in closed buckets, one hour',
        n: { calls: total, missing: n },
        surface,
        details: { attribute: HOW_TO_TAG[surface], coverage },
      }),
    ];
  });
}
