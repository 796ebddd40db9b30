import { identityOf, isJsonObject, type JsonObject } from '../compatibility/json.js';
import type { Policy, SchemaVerdict } from '../compatibility/judge.js';
import { changedAnnotations } from './annotations.js';
import {
  type CompatibilityMode,
  directionsOf,
  judgeVersions,
  type ModeVerdict,
  type VersionedSchema,
  versioned,
  worst,
} from './modes.js';
import { findRenames, type Named, type Rename } from './renames.js';
import { requiredWithDefault } from './required-defaults.js';

/** A tool as the model is told of it. */
export interface ToolContract {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments; `null` when none is declared. */
  readonly parameters: unknown;
  readonly outputSchema?: unknown;
}

/** What is asked of a tool's two schemas. */
export interface ContractPolicy {
  readonly mode: CompatibilityMode;
  readonly policy: Policy;
}

/**
 * Arguments are written by a model that was shown the definition, perhaps an older one from a cache, and read by the
 * code of today: BACKWARD. What the model does not know of it does not write: LENIENT.
 */
export const TOOL_PARAMETERS_POLICY: ContractPolicy = { mode: 'BACKWARD', policy: 'LENIENT' };
/** Output is read by code that was written for an older schema: FORWARD. Code is not lenient. */
export const OUTPUT_POLICY: ContractPolicy = { mode: 'FORWARD', policy: 'STRICT' };

/** What became of one tool. */
export type ToolChange = {
  readonly name: string;
  readonly verdict: SchemaVerdict['verdict'];
} /** Old code does not know it (FORWARD); a removed one is still called by those who were shown it (BACKWARD). */ & (
  | { readonly kind: 'added' | 'removed' }
  | { readonly kind: 'renamed'; readonly rename: Rename }
  | {
      readonly kind: 'changed' | 'unchanged';
      readonly parameters: ModeVerdict;
      /** `null` when neither version declares an output. */
      readonly output: ModeVerdict | null;
      /** Where the model is told something else, compatible or not: JSON pointers into the definition. */
      readonly behavioural: readonly string[];
      /** Arguments that probably have a new name. */
      readonly renamedParameters: readonly Rename[];
      /** Arguments that are required now and have a default, which no model applies. */
      readonly requiredDespiteDefault: readonly string[];
    }
);

export interface ToolSetVerdict {
  readonly verdict: SchemaVerdict['verdict'];
  /** By name. */
  readonly changes: readonly ToolChange[];
}

/** Compares two versions of the tools a model is given. */
export function compareTools(
  before: readonly ToolContract[],
  now: readonly ToolContract[],
  parameters: ContractPolicy = TOOL_PARAMETERS_POLICY,
  output: ContractPolicy = OUTPUT_POLICY,
): ToolSetVerdict {
  const [old, current] = [byName(before), byName(now)];
  const removed = [...old.values()].filter(({ name }) => !current.has(name));
  const added = [...current.values()].filter(({ name }) => !old.has(name));
  const renames = findRenames(removed.map(asNamed), added.map(asNamed));
  const changes = [
    ...[...current.values()].flatMap((tool) => {
      const previous = old.get(tool.name);
      return previous === undefined ? [] : [compareTool(previous, tool, parameters, output)];
    }),
    ...comingsAndGoings(removed, added, renames, parameters.mode),
  ].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { verdict: worst(changes.map(({ verdict }) => verdict)), changes };
}

function byName(tools: readonly ToolContract[]): Map<string, ToolContract> {
  return new Map(tools.map((tool) => [tool.name, tool]));
}

function asNamed({ name, parameters }: ToolContract): Named {
  return { name, content: parameters };
}

function comingsAndGoings(
  removed: readonly ToolContract[],
  added: readonly ToolContract[],
  renames: readonly Rename[],
  mode: CompatibilityMode,
): ToolChange[] {
  const directions = directionsOf(mode);
  const breaksWhen = (breaks: boolean) => (breaks ? 'incompatible' : 'compatible');
  const [goneBreaks, newBreaks] = [directions.includes('backward'), directions.includes('forward')];
  return [
    ...renames.map((rename) => {
      return { kind: 'renamed', name: rename.to, verdict: breaksWhen(goneBreaks || newBreaks), rename } as const;
    }),
    ...removed
      .filter(({ name }) => !renames.some(({ from }) => from === name))
      .map(({ name }) => ({ kind: 'removed', name, verdict: breaksWhen(goneBreaks) }) as const),
    ...added
      .filter(({ name }) => !renames.some(({ to }) => to === name))
      .map(({ name }) => ({ kind: 'added', name, verdict: breaksWhen(newBreaks) }) as const),
  ];
}

function compareTool(
  before: ToolContract,
  now: ToolContract,
  parameterPolicy: ContractPolicy,
  outputPolicy: ContractPolicy,
): ToolChange {
  const parameters = judgeVersions(
    [argumentsOf(before)],
    argumentsOf(now),
    parameterPolicy.mode,
    parameterPolicy.policy,
  );
  const hasOutput = before.outputSchema !== undefined || now.outputSchema !== undefined;
  const output = hasOutput
    ? judgeVersions([outputOf(before)], outputOf(now), outputPolicy.mode, outputPolicy.policy)
    : null;
  return {
    kind: identityOf(before) === identityOf(now) ? 'unchanged' : 'changed',
    name: now.name,
    verdict: worst([parameters.verdict, ...(output === null ? [] : [output.verdict])]),
    parameters,
    output,
    behavioural: changedAnnotations(before, now),
    renamedParameters: renamedParameters(before.parameters, now.parameters),
    requiredDespiteDefault: requiredWithDefault(before.parameters, now.parameters),
  };
}

/** A tool that declares no parameters is called without arguments, and ignores those it is given. */
function argumentsOf({ parameters }: ToolContract): VersionedSchema {
  if (parameters !== null && parameters !== undefined) return versioned(parameters);
  return { written: { type: 'object', properties: {}, additionalProperties: false }, read: true };
}

/** Without a schema an output may be anything, and its consumer takes anything. */
function outputOf({ outputSchema }: ToolContract): VersionedSchema {
  return versioned(outputSchema ?? true);
}

function renamedParameters(before: unknown, now: unknown): Rename[] {
  const [old, current] = [propertiesOf(before), propertiesOf(now)];
  const only = (one: JsonObject, other: JsonObject): Named[] =>
    Object.entries(one).flatMap(([name, content]) => (Object.hasOwn(other, name) ? [] : [{ name, content }]));
  return findRenames(only(old, current), only(current, old));
}

function propertiesOf(schema: unknown): JsonObject {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  return isJsonObject(properties) ? properties : {};
}
