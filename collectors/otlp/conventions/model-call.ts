import { parseJson, plainValue, structuredValue } from '../../json-content.js';
import type { Message } from '../../messages.js';
import type { Attributes, AttributeValue, LogRecord, Span } from '../types.js';
import { WireAttributes } from '../wire/attributes.js';
import type { AllSources } from './convention.js';

/** A span event or a log record: clients use either for the content of messages. */
export interface CallEvent {
  readonly name: string;
  readonly timeNs: bigint;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** A log's body, or a span event's attributes as an object. */
  readonly body: unknown;
}

/** A span with everything that belongs to it: what the sources of the conventions read. */
export class ModelCall {
  readonly #parsed = new Map<string, unknown>();
  #events: readonly CallEvent[] | null = null;
  /** The sources that can give anything for it, see plan.ts and standing.ts; found when its first field is read. */
  sources: AllSources | null = null;
  /** Those that it shares with the calls of its deployment. */
  standing: AllSources | null = null;

  /**
   * @param parent the span around it when that carries content of it (Vercel's schema), else `null`
   * @param logs log records of the same trace and span
   * @param promptFlag key of the feature flag whose variant is the prompt version; empty for none
   */
  constructor(
    readonly span: Span,
    readonly parent: Span | null,
    readonly logs: readonly LogRecord[],
    readonly promptFlag: string,
  ) {}

  attribute(name: string): AttributeValue | undefined {
    return this.span.attributes.get(name);
  }

  /** An attribute that holds a structure, parsed once however many fields are read out of it. */
  structured(name: string): unknown {
    const { attributes } = this.span;
    if (!this.#parsed.has(name)) this.#parsed.set(name, structureOf(attributes, name));
    return this.#parsed.get(name);
  }

  /** Messages that are nothing but text, where they can be read without parsing all of it; `null` for others. */
  plainMessages(name: string): readonly Message[] | null {
    const { attributes } = this.span;
    return attributes instanceof WireAttributes ? attributes.plainMessages(name) : null;
  }

  /** Span events and log records of the call, in order of time. */
  get events(): readonly CallEvent[] {
    this.#events ??= [...this.span.events.map(fromSpanEvent), ...this.logs.map(fromLogRecord)].sort(inOrder);
    return this.#events;
  }
}

/** A view parses what repeats from call to call once for all of them. */
function structureOf(attributes: Attributes, name: string): unknown {
  return attributes instanceof WireAttributes ? attributes.structured(name) : structuredValue(attributes.get(name));
}

/** The name of a log record's event: a field of its own since OTLP 1.5, before that an attribute. */
export function eventNameOf(record: LogRecord): string {
  const attribute = record.attributes.get('event.name');
  return record.eventName !== '' ? record.eventName : typeof attribute === 'string' ? attribute : '';
}

const INSTRUCTIONS_EVENT = 'gen_ai.system.message';

/** Attributes of message events that hold structures: span events know no others than JSON text. */
const STRUCTURED_MEMBERS = ['message', 'tool_calls'];

function fromSpanEvent(event: Span['events'][number]): CallEvent {
  const members = [...event.attributes].map(([name, value]) => {
    const structure = STRUCTURED_MEMBERS.includes(name) ? structuredValue(value) : undefined;
    return [name, structure ?? plainValue(value)] as const;
  });
  return { ...event, body: Object.fromEntries(members) };
}

function fromLogRecord(record: LogRecord): CallEvent {
  const { timeNs, attributes } = record;
  const text = typeof record.body === 'string' ? record.body : '';
  // A body may come as its JSON: from clients whose logging knows only text, and back from a store.
  const body = text.startsWith('{') ? (parseJson(text) ?? text) : plainValue(record.body);
  return { name: eventNameOf(record), timeNs, attributes, body };
}

/**
 * Of one time, as clocks of milliseconds give it to all messages of a call, instructions come first, whatever the order
 * of arrival; all else stays in the order in which it was sent (Array.sort is stable).
 */
function inOrder(a: CallEvent, b: CallEvent): number {
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? -1 : 1;
  return Number(b.name === INSTRUCTIONS_EVENT) - Number(a.name === INSTRUCTIONS_EVENT);
}
