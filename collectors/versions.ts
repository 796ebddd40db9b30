import {
  type Artifact,
  type ArtifactKind,
  MISSING_VERSION,
  type Surface,
  type Version,
  type VersionVector,
} from '../src/model/index.js';
import { canonicalJson, sha256 } from './canonical.js';
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
  const tools = normaliseTools(readField('tools', call) ?? []);
  const artifacts = {
    prompt: promptArtifact(call, inputMessages),
    tools: tools.length === 0 ? null : artifactOf('tools', canonicalJson(tools)),
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

/** Content under the SHA-256 of itself; structures must come in canonical form. */
export function artifactOf(kind: ArtifactKind, content: string): Artifact {
  return { digest: sha256(content), kind, content };
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
  const apart = readField('instructions', call) !== undefined;
  return artifactOf('context', canonicalJson(contextSkeleton(messages, apart)));
}
