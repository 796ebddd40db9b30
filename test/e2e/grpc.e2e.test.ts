import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../support/engine.js';
import { startLeeway } from '../support/leeway.js';

it('takes what an application sends by gRPC, counts it, and stops cleanly', { timeout: 90_000 }, async () => {
  const leeway = await startLeeway(temporaryDirectory());
  const address = /takes OTLP\/gRPC on (127\.0\.0\.1:\d+)/.exec(leeway.output())?.[1];
  expect(address).toBeDefined();
  const sdk = new NodeSDK({
    serviceName: 'support-bot',
    traceExporter: new OTLPTraceExporter({ url: `http://${address}` }),
    instrumentations: [],
  });
  sdk.start();
  const attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' };
  const span = trace.getTracer('test').startSpan('chat gpt-4o', { attributes });
  span.end();
  await sdk.shutdown();

  const { traceId } = span.spanContext();
  const stored = () => leeway.get<{ spans: readonly object[] }>(`/api/v1/traces/${traceId}`).catch(() => null);
  await expect.poll(async () => (await stored())?.spans.length).toBe(1);
  const metrics = await (await fetch(`${leeway.url}/metrics`)).text();
  expect(metrics).toMatch(
    /leeway_ingest_requests_total\{protocol="grpc",signal="traces",encoding="protobuf",status="200"\} 1/,
  );
  expect(await leeway.stop()).toBe(0);
});
