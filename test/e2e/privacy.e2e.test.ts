import { createHmac, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEmbedded } from '../../src/store/index.js';
import {
  type LogShape,
  logsJson,
  logsProtobuf,
  type SpanShape,
  spanId,
  tracesJson,
  tracesProtobuf,
} from '../collectors/support/bodies.js';
import { cleanUp } from '../support/cleanup.js';
import { temporaryDirectory } from '../support/engine.js';
import { type RunningLeeway, startLeeway } from '../support/leeway.js';

const MODES = ['full', 'redacted', 'none'] as const;
type Mode = (typeof MODES)[number];

/** What is sent under each mode and must not be found; each service has its own, so that every find has an origin. */
interface Secrets {
  /** Known by their form. */
  readonly telling: readonly string[];
  /** Words like any others. */
  readonly words: string;
  readonly userId: string;
}
const SECRETS: Readonly<Record<Mode, Secrets>> = {
  full: {
    telling: [
      'fay@full.example',
      '4111111111111111',
      'DE89370400440532013000',
      '+49 30 1111111',
      'sk-fullAbcdef0123456789',
    ],
    words: 'a walrus in full moonlight',
    userId: 'user-fay',
  },
  redacted: {
    telling: [
      'ray@redacted.example',
      '5500000000000004',
      'GB29NWBK60161331926819',
      '+49 30 2222222',
      'sk-redaAbcdef0123456789',
    ],
    words: 'a walrus in redacted moonlight',
    userId: 'user-ray',
  },
  none: {
    telling: ['nel@none.example', '378282246310005', 'NO9386011117947', '+49 30 3333333', 'sk-noneAbcdef0123456789'],
    words: 'a walrus in no moonlight',
    userId: 'user-nel',
  },
};

const HOOK_KEY = randomBytes(24);
const CONFIGURATION = `
targets:
  - { match: { service: redacted }, content: redacted }
  - { match: { service: none }, content: none }
webhooks:
  - { name: releases, type: standard, secret: { env: HOOK_SECRET } }
redaction:
  patterns: [{ name: ticket, pattern: 'TICKET-\\d+' }]
`;

const NOW_NS = BigInt(Date.now()) * 1_000_000n;

function everything({ telling, words }: Secrets): string {
  return `${words}: ${telling.join(', ')}.\n${telling.join('\t')}`;
}

/** In every shape in which clients send content. */
function shapes(secrets: Secrets) {
  const text = everything(secrets);
  const message = { role: 'assistant', content: text, parts: [{ type: 'text', content: text }] };
  return [
    ['gen_ai.input.messages', JSON.stringify([message])],
    [
      'gen_ai.output.messages',
      JSON.stringify([
        { ...message, parts: [{ type: 'tool_call', name: 'send', arguments: JSON.stringify({ text }) }] },
      ]),
    ],
    ['gen_ai.system_instructions', JSON.stringify([{ type: 'text', content: text }])],
    ['gen_ai.tool.definitions', JSON.stringify([{ name: 'send', description: text }])],
    ['gen_ai.prompt.0.content', text],
    ['llm.input_messages.0.message.content', text],
    ['input.value', text],
    ['output.value', JSON.stringify(JSON.stringify({ text }))],
    ['exception.message', text],
    ['gen_ai.tool.call.result', { pairs: [['inner', [text, { pairs: [['deep', text]] }]]] }],
    ['content', Buffer.from(text)],
    ['unknown.note', text.repeat(3)],
    ['user.id', secrets.userId],
  ] as const satisfies SpanShape['attributes'];
}

function spanOf(secrets: Secrets, traceId: string, id: number, more: Partial<SpanShape> = {}): SpanShape {
  return {
    traceId,
    spanId: spanId(id),
    name: 'chat gpt-4o',
    startNs: NOW_NS,
    endNs: NOW_NS + 5n,
    attributes: [['gen_ai.operation.name', 'chat'], ...shapes(secrets)],
    events: [
      { timeNs: NOW_NS, name: 'exception', attributes: [['exception.stacktrace', everything(secrets)]] },
      { timeNs: NOW_NS, name: 'gen_ai.user.message', attributes: [['content', everything(secrets)]] },
      {
        timeNs: NOW_NS,
        name: 'gen_ai.evaluation.result',
        attributes: [
          ['gen_ai.evaluation.name', 'tone'],
          ['gen_ai.evaluation.score.value', 1],
          ['gen_ai.evaluation.explanation', everything(secrets)],
        ],
      },
    ],
    links: [{ traceId, spanId: spanId(id), attributes: [['content', everything(secrets)]] }],
    statusCode: 2,
    statusMessage: everything(secrets),
    ...more,
  };
}

function logOf(secrets: Secrets, traceId: string, id: number): LogShape {
  const body = {
    pairs: [
      ['content', everything(secrets)],
      ['message', { pairs: [['content', everything(secrets)]] }],
    ],
  } as const;
  return { traceId, spanId: spanId(id), timeNs: NOW_NS, eventName: 'gen_ai.choice', body, attributes: shapes(secrets) };
}

/** What refused requests were answered: what is wrong, but not by quoting it. */
const refusals: string[] = [];

async function post(
  leeway: RunningLeeway,
  path: string,
  type: string,
  body: Uint8Array | string,
  headers = {},
): Promise<number> {
  const response = await fetch(leeway.url + path, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body,
  });
  const text = await response.text();
  if (!response.ok) refusals.push(text);
  return response.status;
}

/** Everything that takes content, in both encodings; log records before, with and after their span. */
async function sendAll(leeway: RunningLeeway, mode: Mode, traceId: string): Promise<void> {
  const secrets = SECRETS[mode];
  const resource = [['service.name', mode]] as const;
  const [json, protobuf] = ['application/json', 'application/x-protobuf'];
  const spans = (...items: SpanShape[]) => [{ resource, items }];
  const logs = (...items: LogShape[]) => [{ resource, items }];
  const statuses = [
    await post(leeway, '/v1/logs', protobuf, logsProtobuf(logs(logOf(secrets, traceId, 1)))),
    await post(leeway, '/v1/traces', protobuf, tracesProtobuf(spans(spanOf(secrets, traceId, 1)))),
    await post(
      leeway,
      '/v1/traces',
      json,
      tracesJson(
        spans(spanOf(secrets, traceId, 2), spanOf(secrets, traceId, 3, { name: 'tool', attributes: shapes(secrets) })),
      ),
    ),
    await post(leeway, '/v1/logs', json, logsJson(logs(logOf(secrets, traceId, 2)))),
  ];
  expect(statuses).toEqual([200, 200, 200, 200]);
  // What is broken must not come out again by way of an error.
  const broken = Buffer.from(tracesJson(spans(spanOf(secrets, traceId, 4))))
    .toString()
    .slice(0, -9);
  expect(await post(leeway, '/v1/traces', json, broken)).toBe(400);
  expect(
    await post(leeway, '/v1/traces', json, tracesJson(spans({ ...spanOf(secrets, traceId, 4), traceId: 'ab' }))),
  ).toBe(200);
}

/** What comes by itself, once the calls are known. */
async function sendRest(leeway: RunningLeeway, mode: Mode, traceId: string): Promise<void> {
  const comment = everything(SECRETS[mode]).slice(0, 900);
  const json = 'application/json';
  expect(await post(leeway, '/api/v1/outcomes', json, JSON.stringify({ traceId, value: 1, comment }))).toBe(202);
  expect(await post(leeway, '/api/v1/outcomes', json, `{"traceId": "${comment.replaceAll('\n', ' ')}`)).toBe(400);
  const release = {
    service: mode,
    environment: '',
    operation: '',
    surface: 'prompt',
    version: 'v1',
    comment: SECRETS[mode].telling.join(' '),
  };
  expect(await post(leeway, '/api/v1/deployments', json, JSON.stringify(release))).toBe(201);
  const event = JSON.stringify({
    type: 'released',
    timestamp: new Date().toISOString(),
    data: { ...release, version: 'v2', notes: comment },
  });
  const [id, seconds] = [`msg_${mode}`, String(Math.floor(Date.now() / 1000))];
  const signature = createHmac('sha256', HOOK_KEY).update(`${id}.${seconds}.${event}`).digest('base64');
  const headers = { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
  expect(await post(leeway, '/api/v1/webhooks/releases', json, event, headers)).toBeLessThan(300);
}

/** As it is, as JSON escapes it, as hex and as base64 have it, whatever stands before. */
function formsOf(secret: string): string[] {
  const base64 = ['', 'x', 'xx'].map((before) => {
    const skip = Math.ceil((before.length * 8) / 6);
    const whole = Buffer.from(before + secret)
      .toString('base64')
      .replace(/=+$/, '');
    return whole.slice(skip, -1);
  });
  return [...new Set([secret, JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString('hex'), ...base64])];
}

function filesIn(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

/** `table.column: needle` for everything that stands in any column of any table that keeps rows. */
async function foundInTables(directory: string, needles: readonly string[]): Promise<string[]> {
  const database = await openEmbedded(directory);
  cleanUp(() => database.close());
  const tables = await database.query<{ schema: string; table: string; columns: string[] }>(
    `SELECT database AS schema, table, groupArray(name) AS columns FROM system.columns
     WHERE type LIKE '%String%' AND (database, table) IN (SELECT database, name FROM system.tables WHERE total_rows > 0)
     GROUP BY schema, table`,
  );
  const found: string[] = [];
  for (const { schema, table, columns } of tables) {
    const searches = columns.map((column) => {
      const hits = `arrayFilter(one -> positionCaseInsensitive(toString("${column}"), one) > 0, needles)`;
      return `groupUniqArrayArray(${hits}) AS "${column} found"`;
    });
    const [row = {}] = await database.query<Record<string, string[]>>(
      `WITH {needles:Array(String)} AS needles SELECT ${searches.join(', ')} FROM "${schema}"."${table}"`,
      { needles },
    );
    for (const [column, hits] of Object.entries(row))
      found.push(...hits.map((hit) => `${table}.${column.replace(' found', '')}: ${hit}`));
  }
  return found;
}

it('what a target is not to keep is nowhere: not in a table, a file, a message or a log', {
  timeout: 120_000,
}, async () => {
  const data = temporaryDirectory();
  const file = join(temporaryDirectory(), 'leeway.yaml');
  writeFileSync(file, CONFIGURATION);
  const environment = { LEEWAY_CONFIG: file, HOOK_SECRET: `whsec_${HOOK_KEY.toString('base64')}` };
  const leeway = await startLeeway(data, environment);
  const traceOf = (mode: Mode) => String(MODES.indexOf(mode) + 1).repeat(32);
  for (const mode of MODES) await sendAll(leeway, mode, traceOf(mode));
  interface Trace {
    readonly spans: { attributes: Record<string, string> }[];
    readonly generations: { promptDigest: string }[];
    readonly artifacts: { kind: string; content: string }[];
  }
  const read = (mode: Mode) => leeway.get<Trace>(`/api/v1/traces/${traceOf(mode)}`).catch(() => null);
  for (const mode of MODES) {
    await expect.poll(async () => (await read(mode))?.generations.length).toBe(2);
    await sendRest(leeway, mode, traceOf(mode));
  }

  const [full, redacted, none] = await Promise.all(MODES.map(read));
  const digestsOf = (trace: Trace | null | undefined) =>
    trace?.generations.map(({ promptDigest }) => promptDigest.length);
  expect([full, redacted, none].map(digestsOf)).toEqual([
    [64, 64],
    [64, 64],
    [64, 64],
  ]);
  const promptOf = (trace: Trace | null | undefined) => trace?.artifacts.find(({ kind }) => kind === 'prompt')?.content;
  expect(promptOf(full)).toBe(everything(SECRETS.full));
  expect(promptOf(redacted)).toContain(`${SECRETS.redacted.words}: [redacted:email], [redacted:card], [redacted:iban]`);
  expect(promptOf(none)).toBeUndefined();
  expect(none?.spans[0]?.attributes['leeway.content']).toBe('none');
  expect(await leeway.stop()).toBe(0);

  const hidden = [
    ...SECRETS.redacted.telling,
    ...SECRETS.none.telling,
    SECRETS.none.words,
    ...MODES.map((mode) => SECRETS[mode].userId),
  ];
  const said = `${leeway.output()}\n${refusals.join('\n')}`;
  expect(refusals).toHaveLength(2 * MODES.length);
  const sent = [...hidden, ...SECRETS.full.telling, SECRETS.full.words];
  expect(sent.filter((needle) => said.includes(needle))).toEqual([]);
  const files = filesIn(data).map((path) => readFileSync(path));
  const needles = hidden.flatMap(formsOf);
  expect(needles.filter((needle) => files.some((bytes) => bytes.includes(needle)))).toEqual([]);

  const found = await foundInTables(join(data, 'engine'), [
    ...needles,
    ...SECRETS.full.telling,
    SECRETS.full.words,
    SECRETS.redacted.words,
  ]);
  const kept = [...SECRETS.full.telling, SECRETS.full.words, SECRETS.redacted.words];
  expect(found.filter((place) => !kept.some((needle) => place.endsWith(`: ${needle}`)))).toEqual([]);
  // What may be kept is kept, wherever it was sent: the search would have found the rest.
  for (const place of [
    'otel_traces.SpanAttributes',
    'otel_traces.Events.Attributes',
    'otel_traces.StatusMessage',
    'otel_logs.Body',
    'artifacts.content',
    'outcomes.comment',
  ])
    for (const needle of SECRETS.full.telling.slice(0, 1)) expect(found).toContain(`${place}: ${needle}`);
  expect(found).toContain(`deployments.comment: ${SECRETS.full.telling[0]}`);
  expect(found).toContain(`otel_logs.Body: ${SECRETS.redacted.words}`);
});
