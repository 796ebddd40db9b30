import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createReceiver } from '../../../collectors/otlp/receive.js';
import { recogniseBody } from '../../../collectors/otlp/recognise.js';
import type { Attributes, AttributeValue } from '../../../collectors/otlp/types.js';
import { createProtection, type PrivacySettings, type Protection } from '../../../collectors/privacy/index.js';
import type { Received, RowBatch } from '../../../collectors/row-batch.js';
import { writeBatch } from '../../../collectors/spool/rows.js';
import { createWriters } from '../../../collectors/spool/segment.js';
import { wholly } from '../../../collectors/steps.js';
import { type ConfiguredContent, contentPolicy } from '../../../src/config/index.js';
import type { ContentMode } from '../../../src/model/index.js';
import { packageFile } from '../../../src/package-file.js';
import { anOutcome } from '../../support/batches.js';
import { logsJson, type SpanShape, spanId, TRACE_ID, tracesProtobuf } from '../support/bodies.js';
import { SETTINGS } from '../support/generations.js';

const PRIVACY: PrivacySettings = {
  detectors: ['email', 'card', 'iban', 'phone', 'secret'],
  patterns: [],
  contentAttributes: ['shop.note.*'],
  userSalt: 'salt',
};

function modes(content: ContentMode, targets: Parameters<typeof contentPolicy>[0]['targets'] = []): ConfiguredContent {
  return contentPolicy({ content, targets });
}

function protectionOf(content: ContentMode): Protection {
  return createProtection(modes(content), PRIVACY);
}

function batchOf(received: Received): RowBatch {
  if (!received.ok) throw received.error;
  return received.batch;
}

/** Everything that the spool would write. */
function written(batch: RowBatch): string {
  const writers = createWriters();
  writeBatch(writers, batch, 0);
  return Object.values(writers)
    .map((writer) => Buffer.from(writer.bytes).toString('utf8'))
    .join('\n');
}

function protectedBatch(protection: Protection, ...batch: Parameters<Protection['batch']>): RowBatch {
  return wholly(protection.batch(...batch));
}

const RESOURCE = [
  ['service.name', 'support-bot'],
  ['deployment.environment.name', 'production'],
] as const;

function received(protection: Protection, ...items: SpanShape[]): RowBatch {
  const body = tracesProtobuf([{ resource: RESOURCE, items }]);
  return batchOf(createReceiver(SETTINGS, protection).traces(body, 'protobuf', 0));
}

function chat(...attributes: readonly (readonly [string, string])[]): SpanShape {
  return {
    traceId: TRACE_ID,
    spanId: spanId(1),
    name: 'chat gpt-4o',
    attributes: [['gen_ai.operation.name', 'chat'], ['gen_ai.prompt.name', 'triage'], ...attributes],
  };
}

const directories = [
  packageFile('test/fixtures/otlp'),
  resolve(process.env['LEEWAY_SHARED'] ?? '../shared', 'captures'),
];
const bodies = directories.flatMap((directory) =>
  (existsSync(directory) ? readdirSync(directory) : [])
    .filter((name) => /\.(?:traces|logs)\.pb$/.test(name))
    .map((name) => join(directory, name)),
);

describe('without content', () => {
  const keeping = createReceiver(SETTINGS);
  const dropping = createReceiver(SETTINGS, protectionOf('none'));
  const said = new Set<string>();

  it.each(bodies.map((path) => [path.split('/').at(-1) ?? '', path]))(
    '%s keeps its facts, not its words',
    (_, path) => {
      const body = readFileSync(path);
      const { signal, encoding } = recogniseBody(body);
      const full = batchOf(keeping[signal](body, encoding, 0));
      const none = batchOf(dropping[signal](body, encoding, 0));
      const rows = written(none);
      for (const words of wordsIn(full)) {
        said.add(words);
        expect(rows).not.toContain(words);
      }
      expect(none.artifacts).toEqual([]);
      const facts = (batch: RowBatch) =>
        batch.generations.map(({ generation }) => ({ ...generation, complianceReason: '', toolCallReason: '' }));
      expect(facts(none)).toEqual(facts(full));
      const frames = (batch: RowBatch) => batch.spans.map(({ spanId, name, startNs }) => [spanId, name, startNs]);
      expect(frames(none)).toEqual(frames(full));
    },
  );

  it('was asked of bodies that say something', () => {
    expect(said.size).toBeGreaterThan(8);
  });

  it('drops what nobody knows when it is long, and what the configuration names', () => {
    const batch = received(
      protectionOf('none'),
      chat(['shop.note.customer', 'short'], ['shop.stage', 'checkout'], ['shop.transcript', 'x '.repeat(200)]),
    );
    expect([...(batch.spans[0]?.attributes ?? [])]).toEqual([
      ['gen_ai.operation.name', 'chat'],
      ['gen_ai.prompt.name', 'triage'],
      ['shop.stage', 'checkout'],
      ['leeway.content', 'none'],
    ]);
  });

  it('keeps that there was an exception, and its type, but not what it quotes', () => {
    const batch = received(protectionOf('none'), {
      ...chat(),
      statusCode: 2,
      statusMessage: 'cannot parse: the answer was blue',
      events: [
        {
          timeNs: 5n,
          name: 'exception',
          attributes: [
            ['exception.type', 'ParseError'],
            ['exception.message', 'the answer was blue'],
          ],
        },
        {
          timeNs: 6n,
          name: 'gen_ai.user.message',
          attributes: [
            ['gen_ai.system', 'openai'],
            ['anything', 'the answer was blue'],
          ],
        },
      ],
    });
    expect(batch.spans[0]).toMatchObject({
      statusCode: 'Error',
      statusMessage: '',
      events: [{ name: 'exception' }, {}],
    });
    expect(batch.generations[0]?.generation.errorType).toBe('ParseError');
    expect(written(batch)).not.toContain('blue');
  });

  it('says of a verdict what is wrong, and not where', () => {
    const schema = JSON.stringify({ type: 'object', additionalProperties: { type: 'string' } });
    const answer = JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: '{"blue whale":1}' }] }]);
    const batch = received(
      protectionOf('none'),
      chat(['leeway.output.schema', schema], ['gen_ai.output.messages', answer]),
    );
    expect(batch.generations[0]?.generation).toMatchObject({
      compliance: 'schema_invalid',
      complianceReason: 'must be string',
    });
    expect(written(batch)).not.toContain('blue whale');
  });
});

/** Texts of several words that are said somewhere in a batch, also inside JSON. */
function wordsIn({ spans, logs }: RowBatch): string[] {
  const said = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'object' && value !== null) for (const inner of valuesOf(value)) visit(inner);
    if (typeof value !== 'string') return;
    try {
      const inner: unknown = JSON.parse(value);
      visit(typeof inner === 'object' ? inner : null);
    } catch {
      // Not JSON, so it is what is said.
    }
    if (/\p{L}+ \p{L}+ \p{L}+/u.test(value)) said.add(value);
  };
  const all = (attributes: Attributes) => [...attributes.values()];
  for (const span of spans)
    visit([all(span.attributes), span.statusMessage, span.events.map((event) => all(event.attributes))]);
  for (const log of logs) visit([log.body, all(log.attributes)]);
  return [...said];
}

function valuesOf(value: object): unknown[] {
  return value instanceof Map ? [...value.values()] : Object.values(value);
}

describe('redacted content', () => {
  const secret = 'bob@example.com';
  const card = 4111111111111111;

  it('is redacted wherever it stands', () => {
    const nested: AttributeValue = new Map<string, AttributeValue>([
      [secret, secret],
      ['list', [secret, BigInt(card), card, Buffer.from(`my mail is ${secret}`)]],
      ['password', 'anything'],
    ]);
    const pairs = [
      ['text', `mail ${secret}`],
      ['json', JSON.stringify({ a: [{ b: `\n${secret}` }] })],
      ['http.request.header.authorization', 'xyzzy'],
      ['nested', { pairs: [...nested] }],
    ] as SpanShape['attributes'];
    const batch = received(protectionOf('redacted'), {
      ...chat(),
      attributes: [...(chat().attributes ?? []), ...(pairs ?? [])],
      statusMessage: `no such user: ${secret}`,
      events: [{ timeNs: 5n, name: `to ${secret}`, attributes: pairs ?? [] }],
      links: [{ traceId: TRACE_ID, spanId: spanId(2), attributes: pairs ?? [] }],
    });
    const rows = written(batch);
    for (const one of [secret, String(card), 'xyzzy', 'anything', Buffer.from(secret).toString('base64').slice(4, 16)])
      expect(rows).not.toContain(one);
    expect(rows.match(/mail \[redacted:email]/g)).toHaveLength(3);
    expect(batch.spans[0]?.attributes.get('leeway.content')).toBe('redacted');
  });

  it('is read before it is redacted: the same content has the same digests and verdicts', () => {
    const messages = JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: `{"to":"${secret}"}` }] }]);
    const call = chat(
      ['gen_ai.output.messages', messages],
      ['gen_ai.output.type', 'json'],
      ['gen_ai.system_instructions', `Mail ${secret}.`],
    );
    const facts = (content: ContentMode) => received(protectionOf(content), call).generations[0]?.generation;
    expect(facts('redacted')).toEqual(facts('full'));
    expect(facts('redacted')).toMatchObject({ compliance: 'ok', outputLength: 24 });
    expect(received(protectionOf('redacted'), call).artifacts.find(({ kind }) => kind === 'prompt')?.content).toBe(
      'Mail [redacted:email].',
    );
  });

  it('leaves ids as they are, and hashes users as always', () => {
    const call = chat(
      ['session.id', '4111111111111111'],
      ['gen_ai.prompt.version', '5500000000000004'],
      ['user.id', secret],
    );
    const [full, redacted] = [received(protectionOf('full'), call), received(protectionOf('redacted'), call)];
    expect(redacted.generations).toEqual(full.generations);
    expect(written(redacted)).toBe(written(full));
    const changed = received(protectionOf('redacted'), chat(['user.id', secret], ['text', secret]));
    expect(changed.spans[0]?.attributes.get('user.id')).toBe(full.generations[0]?.generation.userHash);
    expect(written(changed)).not.toContain(secret);
  });

  it('gives an id that tells whose it is a pseudonym, in the facts as in the span', () => {
    const call = chat(['session.id', secret], ['leeway.prompt.version', `for ${secret}`]);
    const batch = received(protectionOf('redacted'), call);
    const generation = batch.generations[0]?.generation;
    expect(generation?.sessionId).toMatch(/^\[redacted:id-[0-9a-f]{16}\]$/);
    expect(generation?.sessionId).toBe(batch.spans[0]?.attributes.get('session.id'));
    expect(generation?.versions.prompt.value).toBe(batch.spans[0]?.attributes.get('leeway.prompt.version'));
    expect(written(batch)).not.toContain(secret);
  });

  it('protected twice is the same', () => {
    const protection = protectionOf('redacted');
    const once = protectedBatch(
      protection,
      received(protectionOf('full'), { ...chat(['text', secret]), statusMessage: secret }),
    );
    const twice = protectedBatch(protection, once);
    expect(twice.spans[0]).toBe(once.spans[0]);
    expect(written(twice)).toBe(written(once));
  });
});

describe('which mode holds', () => {
  const protection = createProtection(
    modes('full', [
      { match: { service: 'support-bot', environment: 'production', operation: 'triage' }, content: 'none' },
      { match: { service: 'support-bot', environment: '*', operation: '*' }, content: 'redacted' },
      { match: { service: 'support-bot', environment: '*', operation: 'never asked' }, content: 'none' },
    ]),
    PRIVACY,
  );
  const contentOf = (service: string, environment: string, span: SpanShape): AttributeValue | undefined => {
    const resource = [
      ['service.name', service],
      ['deployment.environment.name', environment],
    ] as const;
    const body = tracesProtobuf([{ resource, items: [span] }]);
    return batchOf(createReceiver(SETTINGS, protection).traces(body, 'protobuf', 0)).spans[0]?.attributes.get(
      'leeway.content',
    );
  };
  const telling: (readonly [string, string])[] = [
    ['gen_ai.output.messages', 'Mail bob@example.com'],
    ['input.value', 'bob@example.com'],
  ];
  const other: SpanShape = { traceId: TRACE_ID, spanId: spanId(3), name: 'GET /', attributes: telling };

  it('is that of the target, for other spans the strictest of their service and environment', () => {
    expect(contentOf('support-bot', 'production', chat(...telling))).toBe('none');
    expect(contentOf('support-bot', 'staging', chat(...telling))).toBe('redacted');
    expect(contentOf('support-bot', 'production', other)).toBe('none');
    expect(contentOf('support-bot', 'staging', other)).toBe('redacted');
    expect(contentOf('shop', 'production', other)).toBeUndefined();
    expect(contentOf('shop', 'production', chat(...telling))).toBeUndefined();
  });

  it('touches nothing of what keeps its content', () => {
    const batch = received(protectionOf('full'), chat(...telling));
    expect(protectedBatch(protection, { ...batch, generations: [] }).spans[0]).not.toBe(batch.spans[0]);
    expect(protectedBatch(protectionOf('full'), batch)).toBe(batch);
    const calm = received(protectionOf('full'), chat(['session.id', 'abc']));
    expect(protectedBatch(protectionOf('redacted'), calm).spans[0]).toBe(calm.spans[0]);
    expect(protectedBatch(protectionOf('none'), calm).spans[0]).toBe(calm.spans[0]);
  });

  it('is the strictest of all for an outcome that comes by itself', () => {
    const outcome = anOutcome({ traceId: 'ab'.repeat(16), comment: 'call bob@example.com' });
    const batch = { spans: [], logs: [], generations: [], artifacts: [], outcomes: [outcome] };
    expect(protectedBatch(protection, batch).outcomes[0]?.comment).toBe('');
    expect(protectedBatch(protectionOf('redacted'), batch).outcomes[0]?.comment).toBe('call [redacted:email]');
    const known = new Map([[outcome.traceId, 'full'] as const]);
    expect(protectedBatch(protection, batch, known).outcomes[0]).toBe(outcome);
    expect(
      protection.deployment({
        id: 'dep_1',
        service: 'support-bot',
        environment: 'staging',
        operation: '',
        surface: 'prompt',
        version: 'v1',
        previousVersion: '',
        actor: 'bob',
        comment: 'ask bob@example.com',
        source: 'api',
        at: 0,
      }).comment,
    ).toBe('ask [redacted:email]');
  });

  it('holds for log records with the call that they belong to, and before it has come', () => {
    const records = (service: string) =>
      logsJson([
        {
          resource: [['service.name', service]],
          items: [
            {
              traceId: TRACE_ID,
              spanId: spanId(1),
              eventName: 'gen_ai.user.message',
              body: { pairs: [['content', 'Mail bob@example.com about the whale']] },
            },
          ],
        },
      ]);
    const receiver = createReceiver(SETTINGS, protection);
    const log = (service: string) => batchOf(receiver.logs(records(service), 'json', 0)).logs[0];
    expect(log('shop')?.body).toEqual(new Map([['content', 'Mail bob@example.com about the whale']]));
    expect(log('support-bot')?.body).toEqual(new Map([['content', 'Mail [redacted:email] about the whale']]));
    receiver.traces(tracesProtobuf([{ resource: RESOURCE, items: [chat()] }]), 'protobuf', 0);
    const late = batchOf(receiver.logs(records('support-bot'), 'json', 1));
    expect(late.logs[0]?.body).toBeNull();
  });
});
