import { readFileSync } from 'node:fs';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { packageFile } from '../package-file.js';
import { DOCUMENTATION_SECURITY_POLICY } from './content-security-policy.js';

const TAGS = [
  { name: 'targets', description: 'What is being watched, and the versions that serve it' },
  { name: 'rollouts', description: 'Changes from a baseline to a candidate, and the verdict on them' },
  { name: 'incidents', description: 'What a person or a registry must act on' },
  { name: 'actions', description: 'Notifications and rollbacks, with their attempts' },
  { name: 'generations', description: 'LLM calls' },
  { name: 'traces', description: 'Traces, and the content that they ran with' },
  { name: 'outcomes', description: 'Results that are known later' },
  { name: 'deployments', description: 'Releases and moved pointers' },
  { name: 'catalogue', description: 'Versions of every surface, what they hold, and whether they may go' },
  { name: 'tools', description: 'Definitions of tools as contracts' },
  { name: 'service', description: 'The service itself' },
];

/** Collects the OpenAPI description from the schemas of the routes that are added afterwards. */
export async function describeApi(server: FastifyInstance): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Leeway',
        version: packageVersion(),
        description: 'Errors are RFC 9457 problem details. Times are RFC 3339 in UTC.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: TAGS,
    },
  });
}

/** Serves the description at /api/docs/json and, readable, at /api/docs. Everything comes from this server. */
export async function serveDocumentation(server: FastifyInstance): Promise<void> {
  await server.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: DOCUMENTATION_SECURITY_POLICY,
    uiConfig: { docExpansion: 'list', tryItOutEnabled: false, validatorUrl: null },
  });
}

function packageVersion(): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
  return typeof version === 'string' ? version : 'unknown';
}
