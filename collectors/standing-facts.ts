import type { TargetKey, Version, VersionVector } from '../src/model/index.js';
import type { ConventionFields } from './otlp/conventions/convention.js';
import { readField, standingOf } from './otlp/conventions/index.js';
import type { ModelCall } from './otlp/conventions/model-call.js';
import type { StandingField } from './otlp/conventions/standing.js';

/** Fields that hold text. */
export type TextField = {
  [Field in keyof ConventionFields]: ConventionFields[Field] extends string ? Field : never;
}[keyof ConventionFields];

/** What the calls of one deployment say alike, as it stands in their rows; texts are empty when not said. */
export class StandingFacts {
  readonly provider: string;
  readonly requestedModel: string;
  readonly servedModel: string;
  readonly systemFingerprint: string;
  readonly outputType: string;
  readonly guardrail: string;
  readonly rolloutId: string;
  readonly arm: string;
  readonly pod: string;
  readonly region: string;
  readonly serviceVersion: string;
  #spanName: string | null = null;
  #target: TargetKey | null = null;
  #versions: VersionVector | null = null;

  constructor(call: ModelCall) {
    const text = (field: TextField & StandingField): string => readField(field, call) ?? '';
    this.provider = text('provider');
    this.requestedModel = text('requestedModel');
    this.servedModel = text('servedModel');
    this.systemFingerprint = text('systemFingerprint');
    this.outputType = text('outputType');
    this.guardrail = text('guardrail');
    this.rolloutId = text('rolloutId');
    this.arm = text('arm');
    this.pod = text('pod');
    this.region = text('region');
    this.serviceVersion = text('serviceVersion');
  }

  /** The target of a call that says this; one object for calls of one name, whose id is then known. */
  targetOf(call: ModelCall): TargetKey {
    const { name } = call.span;
    if (this.#target !== null && this.#spanName === name) return this.#target;
    const target = readTarget(call);
    this.#spanName = name;
    this.#target = target;
    return target;
  }

  /** An equal vector, which is the one of the call before where that was equal: its id is then known. */
  sameVersions(versions: VersionVector): VersionVector {
    const last = this.#versions;
    if (last !== null && isEqual(last, versions)) return last;
    this.#versions = versions;
    return versions;
  }
}

const knownFacts = new WeakMap<object, StandingFacts>();

/** Read once for all calls that say them alike. */
export function standingFactsOf(call: ModelCall): StandingFacts {
  const standing = standingOf(call);
  if (standing === null) return new StandingFacts(call);
  const known = knownFacts.get(standing);
  if (known !== undefined) return known;
  const facts = new StandingFacts(call);
  knownFacts.set(standing, facts);
  return facts;
}

/** A service without a name is called as OpenTelemetry's SDKs call it. */
function readTarget(call: ModelCall): TargetKey {
  const text = (field: TextField & StandingField): string | undefined => readField(field, call);
  return {
    service: text('service') ?? 'unknown_service',
    environment: text('environment') ?? '',
    operation: text('operation') ?? nameWithoutModel(call),
  };
}

/** `chat gpt-4o` is the operation `chat`: a model in the name would make every model a target of its own. */
function nameWithoutModel(call: ModelCall): string {
  const models = [readField('requestedModel', call), readField('servedModel', call)];
  const words = call.span.name.split(' ').filter((word) => word !== '' && !models.includes(word));
  return words.length > 0 ? words.join(' ') : call.span.name;
}

function isEqual(a: VersionVector, b: VersionVector): boolean {
  return (
    isSameVersion(a.model, b.model) &&
    isSameVersion(a.prompt, b.prompt) &&
    isSameVersion(a.tools, b.tools) &&
    isSameVersion(a.context, b.context)
  );
}

function isSameVersion(a: Version, b: Version): boolean {
  return a.value === b.value && a.source === b.source;
}
