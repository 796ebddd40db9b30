import type { Message } from '../../messages.js';
import type { Span } from '../types.js';
import type { ModelCall } from './model-call.js';

/**
 * What Leeway wants to know of a generation, as the clients tell it: one list of sources a field, over all conventions.
 * Values are raw here; `collectors/generation.ts` gives them their meaning.
 */
export interface ConventionFields {
  readonly provider: string;
  readonly requestedModel: string;
  readonly servedModel: string;
  readonly systemFingerprint: string;
  readonly responseId: string;
  readonly service: string;
  readonly serviceVersion: string;
  readonly environment: string;
  readonly operation: string;
  readonly pod: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly modelVersion: string;
  readonly promptVersion: string;
  readonly toolsVersion: string;
  readonly contextVersion: string;
  /** Instructions given apart from the messages, before any template is looked at. */
  readonly instructions: string;
  /** Instructions told by a template, used when the messages hold none. */
  readonly template: string;
  readonly inputMessages: readonly Message[];
  readonly outputMessages: readonly Message[];
  /** Tool definitions as the client has them. */
  readonly tools: readonly unknown[];
  readonly outputType: string;
  readonly outputSchema: unknown;
  readonly finishReason: string;
  readonly errorType: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly timeToFirstTokenNs: bigint;
  /** US dollars. */
  readonly cost: number;
  /** Status of a guardrail, as the client spells it. */
  readonly guardrail: string;
  readonly region: string;
  readonly rolloutId: string;
  readonly arm: string;
  readonly shadowOf: string;
}

/** Where a source looks. It has nothing for a call that has none of these. */
export interface Reads {
  /** Attributes of the span. */
  readonly attributes?: readonly string[];
  /** Beginnings of names of the span's attributes. */
  readonly prefixes?: readonly string[];
  /** Attributes of the resource. */
  readonly resource?: readonly string[];
  /** Attributes of the span around it. */
  readonly parent?: readonly string[];
  /** Span events and log records. */
  readonly events?: boolean;
}

/** One place where a field may stand. */
export interface Source<T> {
  /** Overrides the convention's rank for this source; see {@link Convention.rank}. */
  readonly rank?: number;
  /** A source that does not say where it looks is asked for every call. */
  readonly reads?: Reads;
  /** `undefined` when it does not stand there. */
  readonly read: (call: ModelCall) => T | undefined;
}

/** The sources of every field, in the order in which they are asked. */
export type AllSources = { readonly [Field in keyof ConventionFields]: readonly Source<ConventionFields[Field]>[] };

type ConventionSources = {
  readonly [Field in keyof ConventionFields]?: readonly Source<ConventionFields[Field]>[];
};

/** A rule by which a convention tells generations from other spans; the first rule that has an opinion decides. */
export interface Recognition {
  readonly rank?: number;
  /** Attributes of the span without any of which it has no opinion; when absent it is always asked. */
  readonly reads?: readonly string[];
  readonly isGeneration: (span: Span) => boolean | undefined;
}

/** How one family of clients names things. To add one: a file like its siblings and a line in index.ts. */
export interface Convention {
  readonly name: string;
  /**
   * Sources of lower rank are asked first, over all conventions; ties go by the order of the list. Most sources have
   * their convention's rank; the few that the agreed order puts elsewhere say so.
   */
  readonly rank: number;
  readonly recognitions: readonly Recognition[];
  /** Attributes of a span that is no generation, but tells something of the generations right below it. */
  readonly parentAttributes?: readonly string[];
  readonly sources: ConventionSources;
}
