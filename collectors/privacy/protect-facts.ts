import {
  type Artifact,
  type Deployment,
  type Generation,
  type Outcome,
  SURFACES,
  type VersionVector,
} from '../../src/model/index.js';
import type { RevisedGeneration } from '../row-batch.js';
import { unlessSame } from '../unless-same.js';
import type { StrictMode } from './protect-values.js';
import type { Redactor } from './redactor.js';

/** What was read out of content, as it may be stored. Digests, lengths, verdicts and fingerprints stay as they are. */
export interface FactProtection {
  generation(revised: RevisedGeneration, mode: StrictMode): RevisedGeneration;
  /** `null`: nothing of it is stored. An empty row would take the place of what another target keeps of the same digest. */
  artifact(artifact: Artifact, mode: StrictMode): Artifact | null;
  outcome(outcome: Outcome, mode: StrictMode): Outcome;
  deployment(deployment: Deployment): Deployment;
}

/** Facts that are attributes as they were sent; the store has the same of both. */
const ID_FACTS = [
  'sessionId',
  'responseId',
  'rolloutId',
  'shadowOf',
  'provider',
  'requestedModel',
  'servedModel',
  'systemFingerprint',
  'outputType',
  'pod',
  'region',
  'serviceVersion',
] as const satisfies readonly (keyof Generation)[];

type Changes = { -readonly [Field in keyof Generation]?: Generation[Field] };

export function createFactProtection({ text, name, id }: Redactor): FactProtection {
  return {
    generation(revised, mode) {
      const given = revised.generation;
      const reason = mode === 'none' ? withoutPath : text;
      const changes: Changes = {
        target: { ...given.target, operation: name(given.target.operation) },
        complianceReason: reason(given.complianceReason),
        toolCallReason: reason(given.toolCallReason),
        toolFields: unlessSame(given.toolFields, text),
        finishReasonRaw: name(given.finishReasonRaw),
        errorType: name(given.errorType),
        versions: versionsOf(given.versions),
      };
      for (const field of ID_FACTS) changes[field] = id(given[field]);
      return { ...revised, generation: { ...given, ...changes } };
    },
    artifact(artifact, mode) {
      if (mode === 'none') return null;
      const content = text(artifact.content);
      return content === artifact.content ? artifact : { ...artifact, content };
    },
    outcome(outcome, mode) {
      // What failed downstream is the name of a span and of an error; other comments are what somebody wrote.
      const comment = mode === 'none' && outcome.source !== 'downstream' ? '' : text(outcome.comment);
      return comment === outcome.comment ? outcome : { ...outcome, comment };
    },
    // Who released what is on record; only what they wrote about it may tell more than it should.
    deployment: (deployment) => ({ ...deployment, comment: text(deployment.comment) }),
  };

  function versionsOf(versions: VersionVector): VersionVector {
    const kept = { ...versions };
    for (const surface of SURFACES) kept[surface] = { ...kept[surface], value: id(kept[surface].value) };
    return kept;
  }

  /** What is wrong, not where: `/items/0/note must be string` names what the output called its members. */
  function withoutPath(reason: string): string {
    const place = /^(?:[^/]{0,200}: )?\/.* must /s.exec(reason)?.[0] ?? '';
    return text(place === '' ? reason : reason.slice(place.length - 'must '.length));
  }
}
