import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createReceiver, type Receiver } from '../../../collectors/otlp/receive.js';
import { restoreRecent } from '../../../collectors/otlp/restore.js';
import { acceptOutcomes } from '../../../collectors/outcomes.js';
import { createProtection, type PrivacySettings, protectedSink } from '../../../collectors/privacy/index.js';
import type { Received, RowBatch } from '../../../collectors/row-batch.js';
import { Spool } from '../../../collectors/spool/index.js';
import { contentPolicy } from '../../../src/config/index.js';
import { type ContentMode, systemClock } from '../../../src/model/index.js';
import type { Database } from '../../../src/store/index.js';
import { startEngine, temporaryDirectory } from '../../support/engine.js';
import { type LogShape, logsJson, type SpanShape, spanId, tracesProtobuf } from '../support/bodies.js';
import { SETTINGS } from '../support/generations.js';

const PRIVACY: PrivacySettings = {
  detectors: ['email', 'card', 'iban', 'phone', 'secret'],
  patterns: [],
  contentAttributes: [],
  userSalt: 'salt',
};
/** A service for each mode, called after it. */
const policy = contentPolicy({
  content: 'full',
  targets: (['redacted', 'none'] as const).map((service) => ({
    match: { service, environment: '*', operation: '*' },
    content: service,
  })),
});
const protection = createProtection(policy, PRIVACY);

const database = await startEngine();
const directory = temporaryDirectory();
const spool = await startSpool(database, directory);
afterAll(() => spool.stop());

function startSpool(store: Database, at: string): Promise<Spool> {
  return Spool.start(store, { directory: at, maxBytes: 1e9, fsync: 'never', clock: systemClock, log: () => {} });
}

const now = Date.now();
let traces = 0;

/** A service's call with its log records, sent piece by piece, with restarts in between. */
class Sender {
  readonly traceId = (++traces).toString(16).padStart(32, '0');
  #receiver: Receiver = createReceiver(SETTINGS, protection);
  #at = now;

  constructor(readonly service: ContentMode) {}

  span(more: Partial<SpanShape> = {}): Promise<RowBatch> {
    const { attributes = [], ...rest } = more;
    const item = {
      traceId: this.traceId,
      spanId: spanId(1),
      startNs: BigInt(now) * 1_000_000n,
      endNs: BigInt(now + 500) * 1_000_000n,
      attributes: [['gen_ai.operation.name', 'chat'], ['gen_ai.prompt.name', 'triage'], ...attributes] as const,
      ...rest,
    };
    return this.#append(
      this.#receiver.traces(tracesProtobuf([{ resource: this.#resource(), items: [item] }]), 'protobuf', ++this.#at),
    );
  }

  log(eventName: string, content: string): Promise<RowBatch> {
    const item: LogShape = {
      traceId: this.traceId,
      spanId: spanId(1),
      timeNs: BigInt(now) * 1_000_000n,
      eventName,
      body: { pairs: [['content', content]] },
    };
    return this.#append(
      this.#receiver.logs(logsJson([{ resource: this.#resource(), items: [item] }]), 'json', ++this.#at),
    );
  }

  async restart(): Promise<void> {
    await spool.drained();
    this.#receiver = createReceiver(SETTINGS, protection);
    await restoreRecent(database, this.#receiver, this.#at);
  }

  #resource() {
    return [['service.name', this.service]] as const;
  }

  async #append(received: Received): Promise<RowBatch> {
    if (!received.ok) throw received.error;
    await spool.append(received.batch);
    return received.batch;
  }
}

const SAID = 'Mail bob@example.com about the whale.';
const messages = (text: string) => JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: text }] }]);

describe('after a restart', () => {
  it.each(['redacted', 'none'] as const)('the facts of a call stay those of all its content (%s)', async (mode) => {
    const sender = new Sender(mode);
    const answer = JSON.stringify({ to: 'bob@example.com' });
    const schema = JSON.stringify({ type: 'object', required: ['to'] });
    const before = await sender.span({
      attributes: [
        ['gen_ai.output.messages', messages(answer)],
        ['gen_ai.system_instructions', SAID],
        ['leeway.output.schema', schema],
      ],
    });
    expect(before.generations[0]?.generation).toMatchObject({
      compliance: 'ok',
      versions: { prompt: { source: 'derived' } },
    });
    await sender.restart();
    // Joined with what the store has left of the call, it would say that there was no output, under other versions.
    const late = await sender.log('gen_ai.user.message', SAID);
    expect(late.generations).toEqual([]);
    expect(JSON.stringify(late.logs[0]?.body ?? null)).not.toContain('bob@');
  });

  it.each(['redacted', 'none', 'full'] as const)(
    'content still joins a call that came without any (%s)',
    async (mode) => {
      const sender = new Sender(mode);
      const user = { attributes: [['user.id', 'alice']] } as const;
      const before = await sender.span(user);
      await sender.restart();
      const late = await sender.log('gen_ai.system.message', SAID);
      expect(late.generations).toMatchObject([
        { revision: 2, generation: { versions: { prompt: { source: 'derived' } } } },
      ]);
      expect(late.generations[0]?.generation.userHash).toBe(before.generations[0]?.generation.userHash);
    },
  );

  it('a version is never derived from redacted instructions', async () => {
    const sender = new Sender('redacted');
    await sender.log('gen_ai.system.message', SAID);
    await sender.restart();
    const { generations } = await sender.span();
    expect(generations[0]?.generation).toMatchObject({ promptDigest: '', versions: { prompt: { source: 'missing' } } });
  });
});

describe('comments of outcomes that come by themselves', () => {
  it('are kept as the content of their call is; of unknown calls as the strictest of all', async () => {
    const sink = protectedSink(spool, { database, policy, protection });
    const [full, redacted, none] = [new Sender('full'), new Sender('redacted'), new Sender('none')];
    for (const sender of [full, redacted, none]) await sender.span();
    await spool.drained();
    const unknown = 'f'.repeat(32);
    const traceIds = [full.traceId, redacted.traceId, none.traceId, unknown];
    const results = await acceptOutcomes(
      sink,
      traceIds.map((traceId) => ({ traceId, name: 'rating', value: true, comment: SAID })),
      now,
    );
    expect(results.every(({ ok }) => ok)).toBe(true);
    await spool.drained();
    const rows = await database.query<{ trace_id: string; comment: string }>(
      "SELECT trace_id, comment FROM outcomes WHERE name = 'rating'",
    );
    const comments = new Map(rows.map(({ trace_id, comment }) => [trace_id, comment]));
    expect(traceIds.map((traceId) => comments.get(traceId))).toEqual([
      SAID,
      SAID.replace('bob@example.com', '[redacted:email]'),
      '',
      '',
    ]);
  });
});

it('what waits in the spool, and what the store refused, holds no more than the tables would', async () => {
  const refusing: Database = {
    query: (sql, parameters) => database.query(sql, parameters),
    command: (sql, parameters) => database.command(sql, parameters),
    insert: (table, rows) => database.insert(table, rows),
    loadSegment: () => Promise.reject(new Error('the store is away')),
    close: () => Promise.resolve(),
  };
  const at = temporaryDirectory();
  const waiting = await startSpool(refusing, at);
  for (const service of ['full', 'redacted', 'none'] as const) {
    const body = tracesProtobuf([
      {
        resource: [['service.name', service]],
        items: [
          {
            traceId: 'e'.repeat(32),
            spanId: spanId(2),
            attributes: [
              ['gen_ai.operation.name', 'chat'],
              ['gen_ai.prompt', `${service}: ${SAID}`],
            ],
          },
        ],
      },
    ]);
    const received = createReceiver(SETTINGS, protection).traces(body, 'protobuf', now);
    if (!received.ok) throw received.error;
    await waiting.append(received.batch);
  }
  const bytes = filesIn(at)
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  expect(bytes).toContain(`full: ${SAID}`);
  expect(bytes).toContain('redacted: Mail [redacted:email] about the whale.');
  expect(bytes.match(/whale/g)).toHaveLength(2);
  expect(bytes.match(/bob@example/g)).toHaveLength(1);
  await waiting.stop();
});

function filesIn(at: string): string[] {
  return readdirSync(at).flatMap((name) => {
    const path = join(at, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}
