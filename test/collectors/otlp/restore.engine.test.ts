import { expect, it } from 'vitest';
import { createReceiver } from '../../../collectors/otlp/receive.js';
import { restoreRecent } from '../../../collectors/otlp/restore.js';
import type { Received } from '../../../collectors/row-batch.js';
import { OUTPUT_READER } from '../../../detectors/index.js';
import { startStore } from '../../support/store.js';

const SETTINGS = { userSalt: '', promptFlag: '', outputReader: OUTPUT_READER, outputSchema: () => null };
const TRACE = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) };

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });

function body(kind: 'Spans' | 'Logs', record: object): Buffer {
  const scope = kind === 'Spans' ? { spans: [record] } : { logRecords: [record] };
  const resource = { attributes: [text('service.name', 'bot')] };
  return Buffer.from(JSON.stringify({ [`resource${kind}`]: [{ resource, [`scope${kind}`]: [scope] }] }));
}

function rows(received: Received) {
  if (!received.ok) throw received.error;
  return received.batch;
}

it('a message that comes after a restart still joins the call that came before it', async () => {
  const { database, load } = await startStore();
  const now = Date.now();
  const call = {
    ...TRACE,
    name: 'chat gpt-4o',
    startTimeUnixNano: `${now - 1000}000000`,
    endTimeUnixNano: `${now}000000`,
    attributes: [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.request.model', 'gpt-4o'),
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '112' } },
      { key: 'gen_ai.response.finish_reasons', value: { arrayValue: { values: [{ stringValue: 'stop' }] } } },
    ],
  };
  const message = {
    ...TRACE,
    timeUnixNano: `${now}000000`,
    attributes: [text('event.name', 'gen_ai.system.message')],
    body: { kvlistValue: { values: [text('content', 'You are brief.')] } },
  };
  const before = rows(createReceiver(SETTINGS).traces(body('Spans', call), 'json', now));
  expect(before.generations).toMatchObject([{ generation: { versions: { prompt: { source: 'missing' } } } }]);
  await load(before);

  const restarted = createReceiver(SETTINGS);
  await restoreRecent(database, restarted, now + 1000);
  const after = rows(restarted.logs(body('Logs', message), 'json', now + 2000));
  expect(after.generations).toMatchObject([
    {
      generation: {
        ...TRACE,
        versions: { prompt: { source: 'derived' } },
        tokens: { input: 112 },
        finishReason: 'stop',
        startNs: BigInt(now - 1000) * 1_000_000n,
      },
    },
  ]);
  expect(after.generations[0]?.revision).toBeGreaterThan(before.generations[0]?.revision ?? 0);
});
