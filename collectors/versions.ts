import { type Artifact, MISSING_VERSION, type Surface, type Version, type VersionVector } from '../src/model/index.js';
import { artifactOf } from './artifact.js';
import { canonicalJson } from './canonical.js';
import { contextSkeleton } from './context-skeleton.js';
import { type Message, messageText } from './messages.js';
import { readField } from './otlp/conventions/index.js';
import type { ModelCall } from './otlp/conventions/model-call.js';
import { normaliseTools, type ToolDefinition } from './tool-definitions.js';

/** Hex digits of a digest that make a derived version: short enough to say, and 48 bits to tell apart. */
const DERIVED_VERSION_DIGITS = 12;

/** The four versions of a call, and the content they stand for as far as the trace has it. */
export interface CallVersions {
  readonly versions: VersionVector;
  /** Also of tagged versions: a tag whose content changes under it is found by this. */
  readonly artifacts: Readonly<Record<'prompt' | 'tools' | 'context', Artifact | null>>;
  /** The tools that the model was told of. */
  readonly tools: readonly ToolDefinition[];
}

/**
 * The version of each surface: what the client says, else derived from the content, else missing.
 *
 * @param inputMessages `undefined` when the trace has none, which is not the same as an empty conversation
 */
export function readVersions(call: ModelCall, inputMessages: readonly Message[] | undefined): CallVersions {
  const { tools, artifact } = toolsOf(readField('tools', call));
  const artifacts = {
    prompt: promptArtifact(call, inputMessages),
    tools: artifact,
    context: contextArtifact(call, inputMessages),
  };
  const model = readField('servedModel', call) ?? readField('requestedModel', call);
  const versions = {
    model:
      tagged(call, 'model') ?? (model === undefined ? MISSING_VERSION : { value: model, source: 'derived' as const }),
    prompt: tagged(call, 'prompt') ?? derived(artifacts.prompt),
    tools: tagged(call, 'tools') ?? derived(artifacts.tools),
    context: tagged(call, 'context') ?? derived(artifacts.context),
  };
  return { versions, artifacts, tools };
}

interface Tools {
  readonly tools: readonly ToolDefinition[];
  readonly artifact: Artifact | null;
}

const NO_TOOLS: Tools = { tools: [], artifact: null };

/** By the definitions as they were parsed: views parse those that repeat once, and give the same list every time. */
const knownTools = new WeakMap<readonly unknown[], Tools>();

function toolsOf(definitions: readonly unknown[] | undefined): Tools {
  if (definitions === undefined) return NO_TOOLS;
  const known = knownTools.get(definitions);
  if (known !== undefined) return known;
  const tools = normaliseTools(definitions);
  const read = { tools, artifact: tools.length === 0 ? null : artifactOf('tools', canonicalJson(tools)) };
  knownTools.set(definitions, read);
  return read;
}

const TAG_FIELDS = {
  model: 'modelVersion',
  prompt: 'promptVersion',
  tools: 'toolsVersion',
  context: 'contextVersion',
} as const satisfies Record<Surface, string>;

function tagged(call: ModelCall, surface: Surface): Version | undefined {
  const value = readField(TAG_FIELDS[surface], call);
  return value === undefined ? undefined : { value, source: 'tagged' };
}

function derived(artifact: Artifact | null): Version {
  if (artifact === null) return MISSING_VERSION;
  return { value: artifact.digest.slice(0, DERIVED_VERSION_DIGITS), source: 'derived' };
}

/** Instructions: given apart, else the system and developer messages that open the conversation, else a template. */
function promptArtifact(call: ModelCall, messages: readonly Message[] | undefined): Artifact | null {
  const apart = readField('instructions', call);
  const opening = apart ?? openingInstructions(messages ?? []);
  const text = opening !== '' ? opening : (readField('template', call) ?? '');
  return text === '' ? null : artifactOf('prompt', text);
}

function openingInstructions(messages: readonly Message[]): string {
  const end = messages.findIndex((message) => message.role !== 'system' && message.role !== 'developer');
  const opening = end < 0 ? messages : messages.slice(0, end);
  return opening
    .map(messageText)
    .filter((text) => text !== '')
    .join('\n\n');
}

function contextArtifact(call: ModelCall, messages: readonly Message[] | undefined): Artifact | null {
  if (messages === undefined) return null;
  const skeleton = contextSkeleton(messages, readField('instructions', call) !== undefined);
  const known = knownContexts.get(skeleton);
  if (known !== undefined) return known;
  // Of an array of strings, this is the canonical form.
  const artifact = artifactOf('context', JSON.stringify(skeleton));
  knownContexts.set(skeleton, artifact);
  return artifact;
}

/** Most calls have one of two skeletons, which are always the same objects. */
const knownContexts = new WeakMap<readonly string[], Artifact>();
