import { createSerial } from '../actions/index.js';
import {
  COMPATIBILITY_MODES,
  digestOf,
  judgeTool,
  POLICIES,
  readSubject,
  type SubjectRules,
  type ToolContract,
  type ToolDeclaration,
  type ToolSighting,
  type ToolVerdict,
  type ToolVersion,
  toolIn,
  toolSubject,
  toolVersions,
} from '../catalog/index.js';
import type { Clock } from '../model/index.js';
import type { Database } from '../store/index.js';
import {
  type DeclaredSchema,
  declaredSchemas,
  recordDeclaredSchema,
  recordSchemaConfig,
  schemaConfigs,
} from '../store/queries/tool-versions.js';
import { createToolLibrary, type ToolLibrary } from './tool-library.js';

/** A tool of a service with every definition Leeway knows, oldest first. */
export interface RegisteredTool {
  readonly service: string;
  readonly name: string;
  readonly subject: string;
  readonly versions: readonly ToolVersion[];
}

/** Who declares something, and why. */
export interface Declarer {
  readonly actor: string;
  readonly comment: string;
}

/** What became of a declaration. */
export type Declared =
  | { readonly kind: 'known' | 'added'; readonly version: ToolVersion; readonly verdict: ToolVerdict }
  | { readonly kind: 'refused'; readonly verdict: ToolVerdict };

/**
 * Tools as traces show them and as people declare them, and schemas under names of their own. Writes of one process run
 * one after the other; two processes that declare at once may both be let in, each judged against what was there before.
 */
export class SchemaRegistry {
  /** Tools in the shape of any provider as the versions in traces have them: the collectors' reader. */
  readonly normalise: (definitions: readonly unknown[]) => readonly ToolContract[];
  /** What traces showed. */
  readonly library: ToolLibrary;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #inTurn = createSerial();

  constructor(parts: {
    readonly database: Database;
    readonly clock: Clock;
    readonly normalise: SchemaRegistry['normalise'];
  }) {
    this.#database = parts.database;
    this.#clock = parts.clock;
    this.normalise = parts.normalise;
    this.library = createToolLibrary(parts.database);
  }

  /** Every tool, of one service or all, by service and name. */
  async tools(service?: string): Promise<RegisteredTool[]> {
    const [sightings, declared] = await Promise.all([
      this.library.sightings(service === undefined ? {} : { service }),
      declaredSchemas(this.#database),
    ]);
    const tools = gather(sightings, declared).filter((tool) => service === undefined || tool.service === service);
    return tools.sort((a, b) => (a.subject < b.subject ? -1 : 1));
  }

  /** One tool, or `null`. */
  async tool(service: string, name: string): Promise<RegisteredTool | null> {
    const subject = toolSubject(service, name);
    const [sightings, declared] = await Promise.all([
      this.library.sightings({ service }),
      declaredSchemas(this.#database, subject),
    ]);
    const own = sightings.filter(({ definition }) => definition.name === name);
    return gather(own, declared).find((tool) => tool.subject === subject) ?? null;
  }

  /** May this definition follow what is known of the tool? */
  async check(service: string, definition: ToolContract): Promise<ToolVerdict> {
    const tool = await this.tool(service, definition.name);
    return judgeTool(tool?.versions ?? [], definition, await this.rules(toolSubject(service, definition.name)));
  }

  /** Declares a definition; the same one again changes nothing. An incompatible one is refused unless it is forced. */
  declareTool(service: string, definition: ToolContract, by: Declarer, force: boolean): Promise<Declared> {
    return this.#inTurn(async () => {
      const digest = digestOf(definition);
      const before = await this.tool(service, definition.name);
      const known = before?.versions.find((version) => version.digest === digest);
      const previous = (before?.versions ?? []).filter(({ version }) => known === undefined || version < known.version);
      const verdict = judgeTool(previous, definition, await this.rules(toolSubject(service, definition.name)));
      if (known !== undefined && known.declared !== null) return { kind: 'known', version: known, verdict };
      if (known === undefined && verdict.verdict === 'incompatible' && !force) return { kind: 'refused', verdict };
      await this.#record(toolSubject(service, definition.name), digest, JSON.stringify(definition), by);
      const version = (await this.tool(service, definition.name))?.versions.find((one) => one.digest === digest);
      if (version === undefined) throw new Error('the declaration was stored and cannot be read');
      return { kind: 'added', version, verdict };
    });
  }

  /** Schemas declared under a name of their own, oldest first. */
  async schemas(subject: string): Promise<DeclaredSchema[]> {
    return readSubject(subject).kind === 'tool' ? [] : declaredSchemas(this.#database, subject);
  }

  /** Names of declared schemas that are no tools. */
  async schemaSubjects(): Promise<string[]> {
    const declared = await declaredSchemas(this.#database);
    return [...new Set(declared.map(({ subject }) => subject))].filter((name) => readSubject(name).kind === 'schema');
  }

  /** Declares a schema after `judge` has agreed, with no other declaration between. */
  declareSchema<Refusal>(
    subject: string,
    schema: unknown,
    content: string,
    judge: () => Promise<Refusal | null>,
  ): Promise<Refusal | null> {
    return this.#inTurn(async () => {
      const digest = digestOf(schema);
      const known = await declaredSchemas(this.#database, subject);
      if (known.some((one) => one.digest === digest)) return null;
      const refusal = await judge();
      if (refusal !== null) return refusal;
      await this.#record(subject, digest, content, { actor: '', comment: '' });
      return null;
    });
  }

  /** What was said of a subject, else of all; `null` where nothing was. */
  async rules(subject: string): Promise<SubjectRules> {
    const configs = await schemaConfigs(this.#database, subject);
    const of = (name: string) => configs.find((config) => config.subject === name);
    const [own, all] = [of(subject), of('')];
    return {
      mode: found(COMPATIBILITY_MODES, own?.compatibility) ?? found(COMPATIBILITY_MODES, all?.compatibility),
      policy: found(POLICIES, own?.policy) ?? found(POLICIES, all?.policy),
    };
  }

  /** Has this subject rules of its own? */
  async hasOwnRules(subject: string): Promise<boolean> {
    return (await schemaConfigs(this.#database, subject)).some((config) => config.subject === subject);
  }

  /** @param subject `''` for all that have no rules of their own */
  async setRules(subject: string, rules: SubjectRules, actor: string): Promise<void> {
    await recordSchemaConfig(this.#database, {
      subject,
      compatibility: rules.mode ?? '',
      policy: rules.policy ?? '',
      actor,
      at: this.#clock.now(),
    });
  }

  async #record(subject: string, digest: string, content: string, { actor, comment }: Declarer): Promise<void> {
    await recordDeclaredSchema(this.#database, { subject, digest, content, actor, comment, at: this.#clock.now() });
  }
}

function gather(sightings: readonly ToolSighting[], declared: readonly DeclaredSchema[]): RegisteredTool[] {
  const tools = new Map<string, { service: string; name: string; seen: ToolSighting[]; said: ToolDeclaration[] }>();
  const toolFor = (service: string, name: string) => {
    const subject = toolSubject(service, name);
    const tool = tools.get(subject) ?? { service, name, seen: [], said: [] };
    tools.set(subject, tool);
    return tool;
  };
  for (const sighting of sightings) toolFor(sighting.target.service, sighting.definition.name).seen.push(sighting);
  for (const { subject, content, actor, comment, at, learnedAt } of declared) {
    const name = readSubject(subject);
    if (name.kind !== 'tool') continue;
    for (const definition of toolIn(JSON.parse(content)))
      toolFor(name.service, name.tool).said.push({ definition, actor, comment, atMs: at, learnedAtMs: learnedAt });
  }
  return [...tools].map(([subject, { service, name, seen, said }]) => {
    return { service, name, subject, versions: toolVersions(seen, said) };
  });
}

function found<T extends string>(known: readonly T[], value: string | undefined): T | null {
  return known.find((one) => one === value) ?? null;
}
