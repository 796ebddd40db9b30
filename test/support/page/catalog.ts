import type { Artifact, ArtifactDiff, Catalogue, RemovalReadiness, ToolDetail } from '../../../src/api/schemas.js';
import { DIGEST, HOSTILE_TEXT, OTHER_TARGET, type SecondsAgo, TARGET } from './subjects.js';

const OLDER = DIGEST.replace('3', '6');
const TOOLS = DIGEST.replace('3', '8');

/** What the catalogue of {@link TARGET} tells: an edited prompt, and tools of which the newest breaks callers. */
export interface CatalogStory {
  catalogue: Catalogue;
  artifact: Artifact;
  diff: ArtifactDiff;
  readiness: RemovalReadiness;
  tool: ToolDetail;
}

export function catalogStory(at: SecondsAgo): CatalogStory {
  const version = (name: string, first: number, last: number, share: number, digests: string[]) => ({
    version: name,
    source: 'tagged' as const,
    digests,
    contents: digests.length,
    standing: digests.length > 1 ? ('mutated' as const) : ('stable' as const),
    firstSeen: at(first),
    lastSeen: at(last),
    generations: Math.round(4210 * share),
    share,
    podCount: share > 0 ? 3 : 0,
    pods: share > 0 ? ['support-bot-7d9c-x2k4p', 'support-bot-7d9c-zz81q', HOSTILE_TEXT] : [],
    usedBy: share > 0.5 ? [{ ...OTHER_TARGET, lastSeen: at(5) }] : [],
  });
  const event = (kind: 'first_seen' | 'last_seen', name: string, seconds: number) => ({
    at: at(seconds),
    kind,
    ...{ surface: 'prompt' as const, version: name, previousVersion: '', actor: '', source: 'traces', comment: '' },
  });
  return {
    catalogue: {
      target: TARGET,
      windowSeconds: 3600,
      generations: 4210,
      surfaces: [
        {
          surface: 'prompt',
          missing: 12,
          versions: [
            version('v12', 864_000, 3, 0.9, [OLDER]),
            version('v13', 1800, 580, 0.1, [DIGEST, OLDER]),
            version(HOSTILE_TEXT, 2_000_000, 90_000, 0, [OLDER]),
          ],
        },
        { surface: 'tools', missing: 0, versions: [version('2026-11-01', 864_000, 3, 1, [TOOLS])] },
      ],
      history: [
        event('first_seen', 'v13', 1800),
        {
          at: at(1805),
          kind: 'pointer_moved',
          ...{ surface: 'prompt', version: 'v13', previousVersion: 'v12', actor: 'ci', source: 'api' },
          comment: `Shorter instructions ${HOSTILE_TEXT}`,
        },
        event('first_seen', 'v12', 864_000),
      ],
    },
    artifact: {
      digest: DIGEST,
      kind: 'prompt',
      content: `You sort support tickets.\nAnswer with JSON only.\n${HOSTILE_TEXT}`,
      firstSeen: at(1800),
      usedBy: [],
    },
    diff: promptDiff(),
    readiness: {
      target: TARGET,
      ...{ kind: 'prompt_version', name: 'v13', state: 'migrate', ready: false, holdSeconds: 86_400 },
      missing: [`12 calls in the last hour from pod ${HOSTILE_TEXT}; last 3 min ago.`],
      ...{ generations: 4210, uses: 421, usesLastHour: 12, lastUse: at(180), usageUpperBound: null },
      pods: [],
      ...{ openSessions: 0, straddlingSessions: 0, offeredBy: [], elsewhere: [], readers: [] },
    },
    tool: routeTicket(at),
  };
}

function promptDiff(): ArtifactDiff {
  const plain = (text: string) => [{ text, changed: false }];
  return {
    before: { digest: OLDER, kind: 'prompt' },
    after: { digest: DIGEST, kind: 'prompt' },
    text: {
      added: 2,
      removed: 1,
      hunks: [
        {
          ...{ before: 1, after: 1 },
          lines: [
            { kind: 'same', parts: plain('You sort support tickets.') },
            {
              kind: 'removed',
              parts: [...plain('Answer with '), { text: 'valid ', changed: true }, ...plain('JSON only.')],
            },
            { kind: 'added', parts: plain('Answer with JSON only.') },
            { kind: 'added', parts: [{ text: HOSTILE_TEXT, changed: true }] },
          ],
        },
      ],
    },
    reason: '',
    structure: {
      changes: [
        { kind: 'added', thing: 'field', where: 'route_ticket.urgency', before: null, after: { type: 'integer' } },
        { kind: 'changed', thing: 'required', where: 'route_ticket.urgency', before: false, after: true },
        { kind: 'changed', thing: 'description', where: HOSTILE_TEXT, before: 'old', after: HOSTILE_TEXT },
      ],
      complete: true,
    },
    compatibility: {
      verdict: 'incompatible',
      lines: [
        {
          tool: 'route_ticket',
          change: 'changed',
          verdict: 'incompatible',
          sentences: ['The new schema refuses some calls written for the old schema: {"category":"bug"}.'],
          behavioural: ['/description'],
        },
      ],
    },
  };
}

function routeTicket(at: SecondsAgo): ToolDetail {
  const definition = {
    name: 'route_ticket',
    description: `Routes a ticket ${HOSTILE_TEXT}`,
    parameters: { type: 'object', properties: { category: { enum: ['billing', 'bug', 'other'] } } },
  };
  const head = (version: number, seconds: number) => ({
    version,
    digest: TOOLS,
    declared: version === 2 ? { at: at(seconds), actor: 'ci', comment: '' } : null,
    seen: { first: at(seconds), last: at(3), targets: [TARGET] },
  });
  const toPrevious: ToolDetail['history'][number]['toPrevious'] = {
    ...{ mode: 'BACKWARD', policy: 'LENIENT', verdict: 'incompatible' },
    comparisons: [
      {
        ...{ against: 1, change: 'changed', verdict: 'incompatible', behavioural: [], counterexamples: [] },
        sentences: [`urgency is required now; that it has a default is no excuse. ${HOSTILE_TEXT}`],
      },
    ],
  };
  return {
    ...{ service: TARGET.service, name: 'route_ticket', subject: 'support-bot/route_ticket', versions: 2 },
    latest: head(2, 1800),
    compatibility: { mode: 'BACKWARD', policy: 'LENIENT' },
    history: [
      { ...head(2, 1800), definition, toPrevious },
      { ...head(1, 864_000), definition, toPrevious: null },
    ],
  };
}
