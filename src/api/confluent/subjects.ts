import {
  type CompatibilityMode,
  digestOf,
  explainMode,
  judgeTool,
  judgeVersions,
  type Policy,
  readSubject,
  schemaId,
  type ToolContract,
  versioned,
} from '../../catalog/index.js';
import type { SchemaRegistry } from '../schema-registry.js';
import { incompatible } from './problems.js';

/** One version of a subject. */
export interface SubjectVersion {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly digest: string;
  /** The text that was declared, or the canonical form of what traces showed. */
  readonly text: string;
  readonly schema: unknown;
}

/** Stored data has other readers than tools: what registries have always asked of it. */
const DATA_MODE: CompatibilityMode = 'BACKWARD';
const DATA_POLICY: Policy = 'STRICT';

/** What a comparison came to; what cannot be proven is told as incompatible, because this API has only two answers. */
export interface SubjectVerdict {
  readonly isCompatible: boolean;
  readonly messages: readonly string[];
}

/**
 * The registry as subjects with JSON Schemas: the arguments of a tool under `service/tool`, every other schema under the
 * name it was registered by.
 */
export class Subjects {
  readonly #registry: SchemaRegistry;

  constructor(registry: SchemaRegistry) {
    this.#registry = registry;
  }

  async names(): Promise<string[]> {
    const [tools, schemas] = await Promise.all([this.#registry.tools(), this.#registry.schemaSubjects()]);
    return [...tools.map(({ subject }) => subject), ...schemas].sort();
  }

  /** The versions of a subject, oldest first; empty when there is no such subject. */
  async versions(subject: string): Promise<SubjectVersion[]> {
    const name = readSubject(subject);
    if (name.kind === 'schema')
      return (await this.#registry.schemas(subject)).map(({ digest, content }, index) =>
        versionOf(subject, index + 1, digest, content, JSON.parse(content)),
      );
    const tool = await this.#registry.tool(name.service, name.tool);
    return argumentVersions(subject, tool?.versions.map(({ definition }) => definition) ?? []);
  }

  /** Every version of every subject. */
  async all(): Promise<SubjectVersion[]> {
    const [tools, names] = await Promise.all([this.#registry.tools(), this.#registry.schemaSubjects()]);
    const schemas = await Promise.all(names.map((name) => this.versions(name)));
    return [
      ...tools.flatMap(({ subject, versions }) =>
        argumentVersions(
          subject,
          versions.map(({ definition }) => definition),
        ),
      ),
      ...schemas.flat(),
    ];
  }

  /** The mode and policy a subject is judged by when nobody has said otherwise included. */
  async rules(subject: string): Promise<{ readonly mode: CompatibilityMode; readonly policy: Policy }> {
    const rules = await this.#registry.rules(subject);
    if (subject === '' || readSubject(subject).kind === 'schema')
      return { mode: rules.mode ?? DATA_MODE, policy: rules.policy ?? DATA_POLICY };
    const { mode, policy } = judgeTool([], { name: '', description: '', parameters: null }, rules);
    return { mode, policy };
  }

  /** May this schema follow those versions? */
  async judge(subject: string, previous: readonly SubjectVersion[], schema: unknown): Promise<SubjectVerdict> {
    const { mode, policy } = await this.rules(subject);
    const result = judgeVersions(
      previous.map((version) => versioned(version.schema)),
      versioned(schema),
      mode,
      policy,
    );
    const isTool = readSubject(subject).kind === 'tool';
    return {
      isCompatible: result.verdict === 'compatible',
      messages: result.verdict === 'compatible' ? [] : explainMode(result, isTool ? 'tool' : 'data'),
    };
  }

  /**
   * Declares a schema; the same one again changes nothing.
   * @throws ConfluentProblem 409 when it may not follow what is there
   */
  async register(subject: string, schema: unknown, text: string): Promise<number> {
    const name = readSubject(subject);
    if (name.kind === 'tool') await this.#registerArguments(subject, name, schema);
    else {
      const refusal = await this.#registry.declareSchema(subject, schema, text, async () => {
        const verdict = await this.judge(subject, await this.versions(subject), schema);
        return verdict.isCompatible ? null : verdict;
      });
      if (refusal !== null) throw incompatible(subject, refusal.messages);
    }
    return schemaId(digestOf(schema));
  }

  /** A schema says nothing of description and output: they stay as the latest definition has them. */
  async #registerArguments(subject: string, name: { service: string; tool: string }, schema: unknown): Promise<void> {
    const versions = await this.versions(subject);
    const digest = digestOf(schema);
    if (versions.some((version) => version.digest === digest)) return;
    const verdict = await this.judge(subject, versions, schema);
    if (!verdict.isCompatible) throw incompatible(subject, verdict.messages);
    const latest = (await this.#registry.tool(name.service, name.tool))?.versions.at(-1)?.definition;
    const definition: ToolContract = { name: name.tool, description: '', ...latest, parameters: schema };
    await this.#registry.declareTool(name.service, definition, { actor: '', comment: 'registered as a schema' }, true);
  }
}

/** The distinct argument schemas of a tool's definitions, in order. */
function argumentVersions(subject: string, definitions: readonly ToolContract[]): SubjectVersion[] {
  const versions: SubjectVersion[] = [];
  for (const { parameters } of definitions) {
    // A tool that declares none takes any object.
    const schema = parameters ?? { type: 'object' };
    const digest = digestOf(schema);
    if (versions.some((version) => version.digest === digest)) continue;
    versions.push(versionOf(subject, versions.length + 1, digest, JSON.stringify(schema), schema));
  }
  return versions;
}

function versionOf(subject: string, version: number, digest: string, text: string, schema: unknown): SubjectVersion {
  return { subject, version, id: schemaId(digest), digest, text, schema };
}
