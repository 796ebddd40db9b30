import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { embed, generateObject, generateText, Output, streamText, tool } from 'ai';
import { z } from 'zod';
import { startPipeline } from './pipeline.mjs';

const pipeline = startPipeline();
const openai = createOpenAI();
const anthropic = createAnthropic({ baseURL: `${process.env.ANTHROPIC_BASE_URL}/v1` });
const google = createGoogleGenerativeAI({ apiKey: 'none', baseURL: `${process.env.PROVIDERS_URL}/v1beta` });
const metadata = { promptVersion: 'v3', sessionId: 'session-1', userId: 'user-1', 'leeway.tools.version': 't2' };
const ask = (model, situation, more = {}) => ({
  model,
  system: 'You are a support bot. Be brief.',
  prompt: `What does it cost? situation: ${situation}`,
  maxRetries: 0,
  experimental_telemetry: { isEnabled: true, functionId: 'triage', metadata },
  ...more,
});
const weather = tool({ description: 'Weather of a city', inputSchema: z.object({ city: z.string() }) });
const schema = z.object({ category: z.enum(['billing', 'bug', 'other']), priority: z.number().int().min(1).max(3) });

const gpt = openai.chat('gpt-4o');
await generateText(ask(gpt, 'chat'));
await generateText(ask(gpt, 'tool', { tools: { get_weather: weather } }));
await generateObject(ask(gpt, 'json', { schema }));
await generateText(ask(gpt, 'json', { output: Output.object({ schema }) }));
await generateText(ask(gpt, 'length'));
await generateText(ask(gpt, 'filter'));
await generateText(ask(gpt, 'error')).catch(() => {});
await streamText(ask(gpt, 'stream')).consumeStream();
await generateText(ask(openai('gpt-4o'), 'chat'));
await generateText(ask(anthropic('claude-sonnet-4-5'), 'chat'));
await generateText(ask(anthropic('claude-sonnet-4-5'), 'tool', { tools: { get_weather: weather } }));
await generateText(ask(anthropic('claude-sonnet-4-5'), 'refusal'));
await generateText(ask(google('gemini-2.5-flash'), 'chat'));
await generateText(ask(google('gemini-2.5-flash'), 'tool', { tools: { get_weather: weather } }));
await generateText(ask(google('gemini-2.5-flash'), 'filter'));
await embed({
  model: openai.embedding('text-embedding-3-small'),
  value: 'What does it cost?',
  experimental_telemetry: { isEnabled: true },
});
await pipeline.finish();
