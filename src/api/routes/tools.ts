import { setImmediate } from 'node:timers/promises';
import { Type } from 'typebox';
import { judgeTool, type ToolContract, type ToolVersion as ToolVersionFact, toolSubject } from '../../catalog/index.js';
import { LeewayError } from '../../model/index.js';
import type { ServerParts } from '../ports.js';
import { notFound } from '../problems.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import type { SchemaRegistry } from '../schema-registry.js';
import {
  CompatibilityRules,
  ToolCheckInput,
  ToolDeclarationInput,
  ToolDeclared,
  ToolDetail,
  ToolRefused,
  ToolSummary,
  ToolVerdict,
  ToolVersion,
} from '../schemas.js';
import { toolSummary, toolVerdictView, toolVersionHead, toolVersionView } from '../tool-view.js';

/** Versions of a tool that are told, the newest first, each compared with the one before. */
const MAX_HISTORY = 20;

const ToolParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 256 }) });
const VersionParams = Type.Interface([ToolParams], {
  version: Type.String({ pattern: '^([1-9][0-9]{0,8}|latest)$', description: 'A number, or latest' }),
});
const ServiceQuery = Type.Object({ service: Type.String({ minLength: 1, maxLength: 256 }) });
const ListQuery = Type.Object({ service: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })) });
const ForceQuery = Type.Object({ force: Type.Boolean({ default: false }) });
const ToolList = Type.Object({ tools: Type.Array(ToolSummary) });
const tags = ['tools'];

export function toolRoutes(server: TypedServer, { registry }: ServerParts): void {
  server.get(
    '/tools',
    {
      schema: {
        tags,
        summary: 'Tools of a service or of all, as traces show them and as people declare them',
        querystring: ListQuery,
        response: { 200: ToolList, ...PROBLEMS },
      },
    },
    async ({ query: { service } }) => {
      const tools = await registry.tools(service);
      return { tools: tools.flatMap((tool) => toolSummary(tool) ?? []) };
    },
  );

  server.get(
    '/tools/:name',
    {
      schema: {
        tags,
        summary: 'The versions of a tool, each compared with the one before',
        params: ToolParams,
        querystring: ServiceQuery,
        response: { 200: ToolDetail, ...PROBLEMS },
      },
    },
    async ({ params: { name }, query: { service } }) => {
      const tool = await toolNamed(registry, service, name);
      const summary = toolSummary(tool);
      if (summary === null) throw unknownTool(service, name);
      const rules = await registry.rules(tool.subject);
      const history: ToolVersion[] = [];
      for (const [index, version] of tool.versions.entries()) {
        if (index < tool.versions.length - MAX_HISTORY) continue;
        const previous = tool.versions[index - 1];
        // A comparison takes milliseconds, a hostile one longer: others get their turn between.
        await setImmediate();
        history.push(toolVersionView(version, previous ? judgeTool([previous], version.definition, rules) : null));
      }
      const { mode, policy } = judgeTool([], emptyTool(name), rules);
      return { ...summary, compatibility: { mode, policy }, history: history.reverse() };
    },
  );

  server.get(
    '/tools/:name/versions/:version',
    {
      schema: {
        tags,
        summary: 'One version of a tool',
        params: VersionParams,
        querystring: ServiceQuery,
        response: { 200: ToolVersion, ...PROBLEMS },
      },
    },
    async ({ params: { name, version }, query: { service } }) => {
      const { versions, subject } = await toolNamed(registry, service, name);
      const index = version === 'latest' ? versions.length - 1 : Number(version) - 1;
      const found: ToolVersionFact | undefined = versions[index];
      if (found === undefined)
        throw notFound('version', version, `${service} has ${versions.length} of the tool ${name}`);
      const previous = versions[index - 1];
      const rules = await registry.rules(subject);
      return toolVersionView(found, previous ? judgeTool([previous], found.definition, rules) : null);
    },
  );

  server.put(
    '/tools/:name/versions',
    {
      schema: {
        tags,
        summary: 'Declare a version of a tool; the same definition again changes nothing',
        params: ToolParams,
        querystring: ForceQuery,
        body: ToolDeclarationInput,
        response: { 200: ToolDeclared, 201: ToolDeclared, 409: ToolRefused, ...PROBLEMS },
      },
    },
    async ({ params: { name }, query: { force }, body, url }, reply) => {
      const definition = definitionOf(name, registry.normalise([body.definition]));
      const { actor, comment, service } = body;
      const declared = await registry.declareTool(service, definition, { actor, comment }, force);
      const verdict = toolVerdictView(declared.verdict);
      if (declared.kind === 'refused')
        return reply
          .code(409)
          .type('application/problem+json')
          .send({ ...refusal(verdict, url), verdict });
      const answer = { ...toolVersionHead(declared.version), verdict };
      return declared.kind === 'added' ? reply.code(201).send(answer) : reply.code(200).send(answer);
    },
  );

  server.post(
    '/tools/:name/compatibility',
    {
      schema: {
        tags,
        summary: 'Judge a definition as a new version of a tool, without declaring it',
        params: ToolParams,
        body: ToolCheckInput,
        response: { 200: ToolVerdict, ...PROBLEMS },
      },
    },
    async ({ params: { name }, body }) => {
      const definition = definitionOf(name, registry.normalise([body.definition]));
      return toolVerdictView(await registry.check(body.service, definition));
    },
  );

  server.put(
    '/tools/:name/compatibility',
    {
      schema: {
        tags,
        summary: 'How new versions of a tool are judged from now on',
        params: ToolParams,
        body: Type.Interface([CompatibilityRules, ServiceQuery], {
          actor: Type.String({ default: '', maxLength: 256 }),
        }),
        response: { 200: CompatibilityRules, ...PROBLEMS },
      },
    },
    async ({ params: { name }, body: { service, mode, policy, actor } }) => {
      await registry.setRules(toolSubject(service, name), { mode, policy }, actor);
      return { mode, policy };
    },
  );
}

async function toolNamed(registry: SchemaRegistry, service: string, name: string) {
  const tool = await registry.tool(service, name);
  if (tool === null) throw unknownTool(service, name);
  return tool;
}

function unknownTool(service: string, name: string): LeewayError {
  return notFound('tool', name, `no trace of ${service} has it, and nobody declared it`);
}

/** @throws LeewayError LEEWAY_INVALID when the definition is no tool, several, or another one */
function definitionOf(name: string, tools: readonly ToolContract[]): ToolContract {
  const [tool, ...others] = tools;
  if (tool === undefined || others.length > 0)
    throw new LeewayError('LEEWAY_INVALID', 'body.definition must be the definition of one tool');
  if (tool.name !== name)
    throw new LeewayError(
      'LEEWAY_INVALID',
      `body.definition is of ${JSON.stringify(tool.name)}, the path says ${JSON.stringify(name)}`,
    );
  return tool;
}

function refusal({ comparisons, mode }: ToolVerdict, url: string) {
  const reasons = comparisons.filter(({ verdict }) => verdict === 'incompatible').flatMap(({ sentences }) => sentences);
  const error = new LeewayError(
    'LEEWAY_CONFLICT',
    `the definition is not ${mode} compatible: ${reasons.join(' ')} ?force=true declares it all the same.`,
  );
  return {
    type: `urn:leeway:problem:${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.message,
    code: error.code,
    instance: url.split('?', 1)[0] ?? '',
  };
}

function emptyTool(name: string): ToolContract {
  return { name, description: '', parameters: null };
}
