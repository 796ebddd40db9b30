import { observeOpenAI } from '@langfuse/openai';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { propagateAttributes, startActiveObservation, startObservation } from '@langfuse/tracing';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { OpenAI } from 'openai';
import { callChats, callResponses } from './openai-calls.mjs';
import { startPipeline } from './pipeline.mjs';

// Langfuse's processor, with Leeway in the place of Langfuse.
const processor = new LangfuseSpanProcessor({
  exporter: new OTLPTraceExporter(),
  environment: 'staging',
  release: '1.4.2',
});
const pipeline = startPipeline(() => [], { spanProcessors: [processor] });
const client = new OpenAI({ maxRetries: 0 });
const prompt = { name: 'triage', version: 3, isFallback: false };

await propagateAttributes({ sessionId: 'session-1', userId: 'user-1' }, async () => {
  await startActiveObservation('support', async () => {
    const openai = observeOpenAI(client, { langfusePrompt: prompt });
    await callChats(openai);
    await callResponses(openai);
    const generation = startObservation(
      'by hand',
      { model: 'gpt-4o', input: [{ role: 'user', content: 'Hi' }], prompt, costDetails: { total: 0.0021 } },
      { asType: 'generation' },
    );
    generation.update({ output: 'Hello', usageDetails: { input: 112, output: 17 } }).end();
  });
});
await pipeline.finish();
