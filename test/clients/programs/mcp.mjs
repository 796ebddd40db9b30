import { McpInstrumentation } from '@traceloop/instrumentation-mcp';
import { require, startPipeline } from './pipeline.mjs';

const instrumentation = new McpInstrumentation();
const pipeline = startPipeline(() => [instrumentation]);
const { Client } = require('@modelcontextprotocol/sdk/client/index.js');
const { Server } = require('@modelcontextprotocol/sdk/server/index.js');
// As its guide says: the modules have other names than those it waits for.
instrumentation.manuallyInstrument({ Client, Server });
const { InMemoryTransport } = require('@modelcontextprotocol/sdk/inMemory.js');
const { McpServer } = require('@modelcontextprotocol/sdk/server/mcp.js');
const { z } = require('zod');

const server = new McpServer({ name: 'weather', version: '1.0.0' });
server.registerTool(
  'get_weather',
  { description: 'Weather of a city', inputSchema: { city: z.string() } },
  ({ city }) => ({
    content: [{ type: 'text', text: `Rain in ${city}` }],
  }),
);
const [here, there] = InMemoryTransport.createLinkedPair();
await server.connect(there);
const client = new Client({ name: 'support-bot', version: '1.4.2' });
await client.connect(here);
await client.listTools();
await client.callTool({ name: 'get_weather', arguments: { city: 'Oslo' } });
await client.close();
await pipeline.finish();
