import { beforeAll, describe, expect, it } from 'vitest';
import { normaliseTools } from '../../collectors/index.js';
import { EMPTY_BATCH, type RowBatch } from '../../collectors/row-batch.js';
import type { Artifact, ArtifactDiff, Catalogue, RemovalReadiness, Trace } from '../../src/api/schemas.js';
import { digestOf } from '../../src/catalog/index.js';
import { readiness as command } from '../../src/cli/commands/readiness.js';
import { type ArtifactKind, type Generation, isoTime, targetId } from '../../src/model/index.js';
import { recordDeployment } from '../../src/store/queries/deployments.js';
import { aGeneration, TARGET } from '../support/batches.js';
import { startEngine } from '../support/engine.js';
import { NOW_MS, startApi } from './api-client.js';

const database = await startEngine();
const api = await startApi(database);
const NOW = NOW_MS / 1000;
const DAY = 86_400;
const TARGET_ID = targetId(TARGET);
const OTHER = { ...TARGET, operation: 'answer' };

async function load(batch: Partial<RowBatch>): Promise<void> {
  await api.spool.append({ ...EMPTY_BATCH, ...batch });
  await api.spool.drained();
}

const revised = (generations: readonly Generation[]) => generations.map((generation) => ({ generation, revision: 1 }));
const times = (n: number, each: (index: number) => Generation) => Array.from({ length: n }, (_, index) => each(index));

function artifact(kind: ArtifactKind, content: string) {
  return { digest: digestOf([kind, content]), kind, content };
}

const tools = (definitions: readonly object[]) => artifact('tools', JSON.stringify(normaliseTools(definitions)));
const WEATHER = {
  name: 'get_weather',
  description: 'Weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const WEATHER_2 = {
  name: 'get_weather',
  description: 'Weather of a city, now',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, unit: { enum: ['C', 'F'], default: 'C' } },
    required: ['city', 'unit'],
  },
};

const PROMPT_A = artifact('prompt', 'You sort tickets.\nAnswer with JSON only.\nBe brief.');
const PROMPT_B = artifact('prompt', 'You sort tickets.\nAnswer with valid JSON only.\nBe brief.\nNever apologise.');
const TOOLS_A = tools([WEATHER]);
const TOOLS_B = tools([WEATHER_2, { name: 'search', description: '', parameters: { type: 'object' } }]);
const CONTEXT_A = artifact('context', '["system:text","memory:text"]');
const CONTEXT_B = artifact('context', '["system:text","retrieval:text","memory:text"]');
const SCHEMA = artifact('output_schema', '{"type":"object","properties":{"category":{"type":"string"}}}');
const NOT_KEPT = artifact('prompt', 'kept by nobody');

const old = aGeneration(
  NOW - 20 * DAY,
  { prompt: 'v11', tools: 't1', context: 'c1' },
  {
    promptDigest: PROMPT_A.digest,
    toolsDigest: TOOLS_A.digest,
    contextDigest: CONTEXT_A.digest,
    schemaDigest: SCHEMA.digest,
  },
);
const v12 = times(30, (i) =>
  aGeneration(
    NOW - 900 + i,
    { prompt: 'v12', tools: 't1' },
    { promptDigest: i < 10 ? PROMPT_A.digest : PROMPT_B.digest, toolsDigest: TOOLS_A.digest, pod: `pod-${i % 3}` },
  ),
);
const v13 = times(10, (i) =>
  aGeneration(
    NOW - 300 + i,
    { prompt: 'v13', tools: 't2' },
    { promptDigest: PROMPT_B.digest, toolsDigest: TOOLS_B.digest, pod: 'pod-9' },
  ),
);
const shadow = aGeneration(NOW - 200, { prompt: 'v14' }, { arm: 'shadow' });
const untold = aGeneration(
  NOW - 100,
  {},
  { versions: { ...v12[0]?.versions, prompt: { value: '', source: 'missing' } } as Generation['versions'] },
);
const elsewhere = aGeneration(NOW - 60, { prompt: 'other' }, { target: OTHER, promptDigest: PROMPT_B.digest });

beforeAll(async () => {
  await load({
    // A resent call counts once.
    generations: revised([old, ...v12, ...v12.slice(0, 5), ...v13, shadow, untold, elsewhere]),
    artifacts: [PROMPT_A, PROMPT_B, TOOLS_A, TOOLS_B, CONTEXT_A, CONTEXT_B, SCHEMA, { ...NOT_KEPT, content: '' }],
  });
  await recordDeployment(database, {
    id: 'dep_1',
    ...{ service: TARGET.service, environment: '', operation: TARGET.operation },
    ...{ surface: 'prompt', version: 'v13', previousVersion: 'v12', actor: 'ci', source: 'api', comment: 'Shorter' },
    at: NOW_MS - 310_000,
  });
});

describe('the catalogue of a target', () => {
  const read = async (query = '') => (await api.get<Catalogue>(`/api/v1/catalog?target=${TARGET_ID}${query}`)).body;
  const versionsOf = (catalogue: Catalogue, surface: string) =>
    catalogue.surfaces.find((one) => one.surface === surface)?.versions ?? [];

  it('has every version of every surface, also those that nobody serves any more', async () => {
    const catalogue = await read();
    expect(versionsOf(catalogue, 'prompt').map(({ version }) => version)).toEqual(['v14', 'v13', 'v12', 'v11']);
    expect(versionsOf(catalogue, 'tools').map(({ version }) => version)).toEqual(['t1', 't2']);
    expect(versionsOf(catalogue, 'context').map(({ version }) => version)).toEqual(['c1']);
    expect(versionsOf(catalogue, 'model').map(({ version }) => version)).toEqual(['gpt-4o-2024-11-20']);
    expect(versionsOf(catalogue, 'output_schema')).toMatchObject([
      { version: SCHEMA.digest.slice(0, 12), source: 'derived', digests: [SCHEMA.digest], generations: 0 },
    ]);
  });

  it('counts each call of the window once and by its pods; shadow calls serve nobody', async () => {
    const catalogue = await read();
    expect(catalogue.generations).toBe(41);
    const [v14, second, third] = versionsOf(catalogue, 'prompt');
    expect(v14).toMatchObject({ generations: 0, share: 0 });
    expect(second).toMatchObject({ generations: 10, share: 10 / 41, podCount: 1, pods: ['pod-9'] });
    expect(third).toMatchObject({ generations: 30, podCount: 3, pods: ['pod-0', 'pod-1', 'pod-2'] });
    expect(catalogue.surfaces.find(({ surface }) => surface === 'prompt')?.missing).toBe(1);
    expect((await read('&windowSeconds=400')).generations).toBe(11);
  });

  it('says that a published version was edited, and shows both contents', async () => {
    const [, , edited, whole] = versionsOf(await read(), 'prompt');
    expect(edited).toMatchObject({ standing: 'mutated', contents: 2, digests: [PROMPT_B.digest, PROMPT_A.digest] });
    expect(whole).toMatchObject({ standing: 'stable', contents: 1 });
  });

  it('names the other targets that run the same content', async () => {
    const [, v13ed, v12ed] = versionsOf(await read(), 'prompt');
    expect(v13ed?.usedBy).toEqual([{ targetId: targetId(OTHER), ...OTHER, lastSeen: isoTime((NOW - 60) * 1000) }]);
    expect(v12ed?.usedBy).toHaveLength(1);
    expect(versionsOf(await read(), 'model')[0]?.usedBy).toHaveLength(1);
  });

  it('tells the history: what came, what went, which pointer moved', async () => {
    const { history } = await read();
    const prompts = history.filter(({ surface }) => surface === 'prompt');
    expect(prompts.map(({ kind, version }) => `${kind} ${version}`)).toEqual([
      'first_seen v14',
      'first_seen v13',
      'pointer_moved v13',
      'first_seen v12',
      'first_seen v11',
      'last_seen v11',
    ]);
    expect(history).toContainEqual(
      expect.objectContaining({ kind: 'pointer_moved', actor: 'ci', previousVersion: 'v12' }),
    );
  });

  it('knows no target that was never seen', async () => {
    const { status, body } = await api.get('/api/v1/catalog?target=nobody');
    expect([status, body.code]).toEqual([404, 'LEEWAY_NOT_FOUND']);
  });
});

describe('a content', () => {
  it('names every version of every target that was seen with it', async () => {
    const { body } = await api.get<Artifact>(`/api/v1/artifacts/${PROMPT_A.digest}`);
    expect(body.firstSeen).toBe(isoTime((NOW - 20 * DAY) * 1000));
    expect(body.usedBy).toMatchObject([
      { targetId: TARGET_ID, surface: 'prompt', version: 'v12', firstSeen: isoTime((NOW - 900) * 1000) },
      { targetId: TARGET_ID, surface: 'prompt', version: 'v11' },
    ]);
  });
});

describe('the difference of two contents', () => {
  const diff = async (a: { digest: string }, b: { digest: string }) =>
    (await api.get<ArtifactDiff>(`/api/v1/artifacts/${a.digest}/diff/${b.digest}`)).body;

  it('of instructions is told by lines, and within a rewritten line by words', async () => {
    const { text, structure } = await diff(PROMPT_A, PROMPT_B);
    expect(structure).toBeNull();
    expect([text?.added, text?.removed]).toEqual([2, 1]);
    const lines = text?.hunks.flatMap((hunk) => hunk.lines) ?? [];
    expect(lines.map(({ kind, parts }) => `${kind} ${parts.map(({ text: part }) => part).join('')}`)).toEqual([
      'same You sort tickets.',
      'removed Answer with JSON only.',
      'added Answer with valid JSON only.',
      'same Be brief.',
      'added Never apologise.',
    ]);
    expect(lines[2]?.parts.filter(({ changed }) => changed).map(({ text: part }) => part.trim())).toEqual(['valid']);
  });

  it('of tools names tools and arguments, and says with an instance what breaks', async () => {
    const { structure, compatibility } = await diff(TOOLS_A, TOOLS_B);
    expect(structure?.changes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'added', thing: 'tool', where: 'search' }),
        expect.objectContaining({ kind: 'added', thing: 'field', where: 'get_weather.unit' }),
        { kind: 'changed', thing: 'required', where: 'get_weather.unit', before: false, after: true },
        {
          kind: 'changed',
          thing: 'description',
          where: 'get_weather',
          before: 'Weather of a city',
          after: 'Weather of a city, now',
        },
      ]),
    );
    expect(compatibility?.verdict).toBe('incompatible');
    const weather = compatibility?.lines.find(({ tool }) => tool === 'get_weather');
    expect(weather?.sentences.join(' ')).toContain('models do not apply defaults');
    expect(weather?.behavioural).toContain('/description');
  });

  it('of a context structure tells which slot came', async () => {
    const { structure } = await diff(CONTEXT_A, CONTEXT_B);
    expect(structure?.changes).toEqual([
      { kind: 'added', thing: 'message', where: '[1]', before: null, after: 'retrieval:text' },
    ]);
  });

  it('is refused between two kinds, and not made up where content is not kept', async () => {
    const { status, body } = await api.get(`/api/v1/artifacts/${PROMPT_A.digest}/diff/${TOOLS_A.digest}`);
    expect([status, body.detail]).toEqual([400, 'prompt cannot be compared with tools']);
    expect(await diff(PROMPT_A, NOT_KEPT)).toMatchObject({ text: null, reason: 'Their content is not kept.' });
    expect((await api.get(`/api/v1/artifacts/${PROMPT_A.digest}/diff/${'0'.repeat(64)}`)).status).toBe(404);
  });
});

describe('a trace whose spans are past their retention', () => {
  it('still shows the exact instructions, tools, context structure and output schema it ran with', async () => {
    const { status, body } = await api.get<Trace>(`/api/v1/traces/${old.traceId}`);
    expect(status).toBe(200);
    expect(body.spans).toEqual([]);
    expect(body.generations).toMatchObject([{ promptDigest: PROMPT_A.digest, schemaDigest: SCHEMA.digest }]);
    const contents = new Map(body.artifacts.map(({ kind, content }) => [kind, content]));
    expect(contents.get('prompt')).toBe(PROMPT_A.content);
    expect(contents.get('tools')).toBe(TOOLS_A.content);
    expect(contents.get('context')).toBe(CONTEXT_A.content);
    expect(contents.get('output_schema')).toBe(SCHEMA.content);
  });
});

describe('whether something may be removed', () => {
  const BOT = { ...TARGET, service: 'moving-bot' };
  const BOT_ID = targetId(BOT);
  const CITY_ONLY = { ...WEATHER, parameters: { type: 'object', properties: { city: {}, zip: {} } } };
  const WITH_SEARCH = tools([CITY_ONLY, { name: 'search', parameters: { type: 'object', properties: { q: {} } } }]);
  const WITHOUT = tools([WEATHER]);
  const ask = async (kind: string, name: string, query = '') =>
    (await api.get<RemovalReadiness>(`/api/v1/readiness?target=${BOT_ID}&kind=${kind}&name=${name}${query}`)).body;

  beforeAll(async () => {
    const own = { target: BOT, finishReason: 'tool_calls' } as const;
    // Two days ago: the old prompt, the old tools, and every tool in use.
    const before = times(40, (i) =>
      aGeneration(
        NOW - 2 * DAY - i * 60,
        { prompt: 'p1', tools: 'w1' },
        {
          ...own,
          toolsDigest: WITH_SEARCH.digest,
          toolFields: ['search', 'search.q', 'get_weather', 'get_weather.zip'],
          sessionId: `past-${i}`,
        },
      ),
    );
    // For the last day every few minutes: the new ones; one pod is late with the prompt.
    const now = times(400, (i) =>
      aGeneration(
        NOW - 30 - i * 215,
        { prompt: i % 100 === 2 ? 'p2' : 'p3', tools: 'w2' },
        {
          ...own,
          toolsDigest: WITHOUT.digest,
          toolFields: ['get_weather', 'get_weather.city'],
          pod: i % 100 === 2 ? 'bot-late' : 'bot-1',
          sessionId: `session-${Math.floor(i / 4)}`,
        },
      ),
    );
    await load({ generations: revised([...before, ...now, ...now.slice(0, 9)]), artifacts: [WITH_SEARCH, WITHOUT] });
  });

  it('is ready when traffic has shown for long enough that nobody uses it', async () => {
    expect(await ask('prompt_version', 'p1')).toMatchObject({
      target: { targetId: BOT_ID },
      state: 'contract',
      ready: true,
      missing: [],
      ...{ generations: 400, uses: 0, usageUpperBound: 3 / 400 },
      lastUse: isoTime((NOW - 2 * DAY) * 1000),
    });
    for (const [kind, name] of [
      ['tools_version', 'w1'],
      ['tool', 'search'],
      ['tool_field', 'get_weather.zip'],
    ] as const)
      expect(await ask(kind, name)).toMatchObject({ name, state: 'contract', ready: true, offeredBy: [] });
  });

  it('is not while a pod still uses it and a session that began with it is open', async () => {
    const readiness = await ask('prompt_version', 'p2');
    expect(readiness).toMatchObject({
      ...{ state: 'migrate', ready: false, uses: 4, usesLastHour: 1, openSessions: 1, straddlingSessions: 1 },
      pods: [{ pod: 'bot-late', uses: 4, lastUse: isoTime((NOW - 460) * 1000) }],
    });
    expect(readiness.missing).toEqual([
      '1 call in the last hour from pod bot-late; last 8 min ago.',
      '1 session that used it is still open, 1 of them on something else by now.',
      '2 calls without a use so far; 300 are asked for.',
    ]);
    expect(await ask('tool', 'get_weather')).toMatchObject({ state: 'expand', ready: false, offeredBy: ['w2'] });
    expect(await ask('model', 'gpt-4o')).toMatchObject({ state: 'expand', ready: false, uses: 400 });
  });

  it('is said by the command, with who still uses it, and an exit code for pipelines', async () => {
    const out: string[] = [];
    const io = { out: (line: string) => out.push(line), err: (line: string) => out.push(line), env: {} };
    const run = (...args: string[]) => {
      out.length = 0;
      const common = ['--url', api.url, '--target', `${BOT.service}/${BOT.environment}/${BOT.operation}`];
      return command.run([...common, ...args], { ...io, signal: new AbortController().signal });
    };
    expect(await run('--kind', 'prompt', '--name', 'p1')).toBe(0);
    expect(out[0]).toMatch(/^ready: prompt version p1 of moving-bot · /);
    expect(await run('--kind', 'prompt', '--name', 'p2')).toBe(1);
    expect(out.slice(0, 3)).toEqual([
      expect.stringMatching(/^not ready: prompt version p2 of/),
      'state: migrate (this and its replacement are both in use)',
      'missing:',
    ]);
    expect(out).toContain('  2 calls without a use so far; 300 are asked for.');
    expect(out.at(-2)).toMatch(/^ {2}pod bot-late: 4 calls, last 2026-/);
    expect(out.at(-1)).toBe('  1 session still open, 1 of them on something else by now');
    expect(await run('--kind', 'tool', '--name', 'search', '--json')).toBe(0);
    expect(JSON.parse(out.join(''))).toMatchObject({ state: 'contract', ready: true, missing: [] });
    expect(await run('--kind', 'prompt', '--name', 'p1', '--target', 'no/such/target')).toBe(2);
    expect(out[0]).toContain('there is no target no/such/target; there are ');
  });

  it('is not for longer than was observed, and not by a name that was never seen', async () => {
    const { ready, missing } = await ask('prompt_version', 'p1', `&holdSeconds=${10 * DAY}`);
    expect(ready).toBe(false);
    expect(missing.join(' ')).toContain('40 calls in the last 10 d from pod pod-0; last 2 d ago.');
    expect(missing.join(' ')).toContain('Observed for 2 d of the 10 d');
    expect(await ask('prompt_version', 'p99')).toMatchObject({ state: 'unknown', ready: false });
  });

  it('is not while somebody declares that they read it', async () => {
    const reader = { target: BOT_ID, kind: 'tool_field', name: 'get_weather.zip', reader: 'billing' };
    expect((await api.put('/api/v1/readers', reader)).status).toBe(200);
    expect(await ask('tool_field', 'get_weather.zip')).toMatchObject({
      ready: false,
      missing: ['Declared as read by billing.'],
      readers: [{ reader: 'billing' }],
    });
    await database.command('INSERT INTO readers SELECT * REPLACE (0 AS is_reading, at + 1 AS at) FROM readers');
    expect((await ask('tool_field', 'get_weather.zip')).ready).toBe(true);
  });
});
