import type { Attributes, AttributeValue, Scope } from './types.js';

export type Encoding = 'protobuf' | 'json';

/** Which of OTLP's requests a body is read as. */
export type Signal = 'traces' | 'logs';

/** The names of a request's three levels, as they stand in paths and in OTLP/JSON. */
export const LEVELS = {
  traces: { resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' },
  logs: { resources: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' },
} as const satisfies Record<Signal, { resources: string; scopes: string; items: string }>;

/**
 * A field that cannot be taken as it is; thrown, and caught where the item it belongs to is refused.
 *
 * Not an Error: a hostile body has 100,000 of them, and nobody reads their stacks, which cost more than all the rest.
 */
export class FieldProblem {
  readonly field: string;
  readonly message: string;
  /** `unreadable` when the encoding itself is broken, `invalid` when it can be read but breaks a rule or a limit. */
  readonly kind: 'unreadable' | 'invalid';

  constructor(field: string, message: string, kind: 'unreadable' | 'invalid' = 'invalid') {
    this.field = field;
    this.message = message;
    this.kind = kind;
  }
}

/** Runs `read`; a problem inside it is reported below `field`, which is only spelled out then. */
export function within<T>(field: () => string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FieldProblem)) throw error;
    const path = error.field === '' ? field() : `${field()}.${error.field}`;
    throw new FieldProblem(path, error.message, error.kind);
  }
}

/** Reads on the first call and remembers, also a problem: what all spans of a resource share is looked at once. */
export function once<T>(read: () => T): () => T {
  let known: { readonly value: T } | { readonly problem: FieldProblem } | null = null;
  return () => {
    known ??= attempt(read);
    if ('problem' in known) throw known.problem;
    return known.value;
  };
}

function attempt<T>(read: () => T): { readonly value: T } | { readonly problem: FieldProblem } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof FieldProblem) return { problem: error };
    throw error;
  }
}

interface EventDraft {
  readonly timeNs: bigint;
  readonly name: string;
  readonly attributes: Attributes;
}

interface LinkDraft {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: Attributes;
}

/** A span as either encoding spells it: ids are lower-case hex of any length, times as sent, enums as numbers. */
export interface SpanDraft {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Attributes;
  readonly events: readonly EventDraft[];
  readonly links: readonly LinkDraft[];
  readonly statusCode: number;
  readonly statusMessage: string;
}

/** A log record as either encoding spells it. */
export interface LogDraft {
  readonly timeNs: bigint;
  readonly observedNs: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: AttributeValue;
  readonly attributes: Attributes;
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
}

/** One item of a request with what it inherits. Everything is read on demand, so that one bad part spoils only itself. */
export interface RawItem<Draft> {
  /** `resourceSpans[0].scopeSpans[1].spans[2]` */
  path(): string;
  resource(): Attributes;
  scope(): Scope;
  read(): Draft;
  /** Does it have the shape of the other signal's items? */
  foreign(): boolean;
}
