import { expect, it } from 'vitest';
import { createReceiver } from '../../collectors/index.js';
import { logsProtobuf, spanId, TRACE_ID, tracesJson, tracesProtobuf, type Value } from './support/bodies.js';
import { SETTINGS } from './support/generations.js';

const NOW_MS = 1_795_000_000_000;
const GOOD = { traceId: TRACE_ID, spanId: spanId(2) };
const CHAT = [
  ['gen_ai.operation.name', 'chat'],
  ['gen_ai.request.model', 'gpt-4o'],
] as const;

/** JSON.parse makes infinities of numbers like 1e999; a double attribute may be NaN. */
const HOSTILE: readonly (readonly [string, Value])[] = [
  ['leeway.output.schema', '{"type":"object","properties":{"n":{"type":"integer","minimum":1e999}}}'],
  ['gen_ai.tool.definitions', '[{"type":"function","name":"f","parameters":{"maximum":-1e999}}]'],
  [
    'gen_ai.tool.definitions',
    [
      {
        pairs: [
          ['name', 'f'],
          ['weight', Number.NaN],
        ],
      },
    ],
  ],
  ['gen_ai.request.structured_output_schema', '{"minimum":1e999}'],
];

it.each(HOSTILE)('a number that JSON has not in %s costs nobody a span', (name, value) => {
  const groups = [{ items: [{ ...GOOD, spanId: spanId(1), attributes: [...CHAT, [name, value] as const] }, GOOD] }];
  for (const [body, encoding] of [
    [tracesProtobuf(groups), 'protobuf'],
    [tracesJson(groups), 'json'],
  ] as const) {
    const received = createReceiver(SETTINGS).traces(body, encoding, NOW_MS);
    expect(received.ok && received.batch.spans.length).toBe(2);
    expect(received.ok && received.batch.generations.length).toBe(1);
  }
});

it('a log record with NaN in its body is taken', () => {
  const record = { ...GOOD, eventName: 'gen_ai.choice', body: { pairs: [['index', Number.NaN]] } as const };
  const received = createReceiver(SETTINGS).logs(logsProtobuf([{ items: [record] }]), 'protobuf', NOW_MS);
  expect(received.ok && received.batch.logs.length).toBe(1);
});
