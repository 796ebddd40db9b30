import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import { require, startPipeline } from './pipeline.mjs';

const instrumentation = new LangChainInstrumentation();
const pipeline = startPipeline(() => [instrumentation]);
// As its guide says: the module is not loaded by its name from outside.
instrumentation.manuallyInstrument(require('@langchain/core/callbacks/manager'));
const { ChatPromptTemplate } = require('@langchain/core/prompts');
const { tool } = require('@langchain/core/tools');
const { ChatOpenAI } = require('@langchain/openai');
const { z } = require('zod');

const prompt = ChatPromptTemplate.fromMessages([
  ['system', 'You are a support bot. Be brief.'],
  ['user', 'What does it cost? situation: {situation}'],
]);
const model = new ChatOpenAI({ model: 'gpt-4o', temperature: 0.2, maxRetries: 0 });
const weather = tool(async ({ city }) => `Rain in ${city}`, {
  name: 'get_weather',
  description: 'Weather of a city',
  schema: z.object({ city: z.string() }),
});
const ticket = z.object({ category: z.enum(['billing', 'bug', 'other']), priority: z.number().int() });

await prompt.pipe(model).invoke({ situation: 'chat' });
const answer = await prompt.pipe(model.bindTools([weather])).invoke({ situation: 'tool' });
for (const call of answer.tool_calls) await weather.invoke(call);
await prompt.pipe(model.withStructuredOutput(ticket, { name: 'ticket' })).invoke({ situation: 'json' });
await prompt.pipe(model).invoke({ situation: 'length' });
for await (const _chunk of await prompt.pipe(model).stream({ situation: 'stream' }));
await prompt
  .pipe(model)
  .invoke({ situation: 'error' })
  .catch(() => {});
await pipeline.finish();
