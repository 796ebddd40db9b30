import { CONTENT_ATTRIBUTE } from '../../src/model/index.js';
import { eventNameOf } from '../otlp/conventions/model-call.js';
import type { Attributes, LogRecord, Span, SpanEvent, SpanLink } from '../otlp/types.js';
import { unlessSame } from '../unless-same.js';
import type { StrictMode, ValueProtection } from './protect-values.js';

/**
 * Spans and log records as they may be stored. Those that are changed carry {@link CONTENT_ATTRIBUTE}, so that nobody
 * takes them for what was sent; the others are returned as the same objects.
 */
export interface TelemetryProtection {
  /** @param isGeneration its name may be what the target is called after, so ids in it are kept */
  span(span: Span, mode: StrictMode, isGeneration: boolean): Span;
  log(log: LogRecord, mode: StrictMode): LogRecord;
}

export function createTelemetryProtection(values: ValueProtection): TelemetryProtection {
  const { redactor } = values;
  /** Spans share their resource's attributes: looked through once for each mode. */
  const resources = { redacted: new WeakMap<Attributes, Attributes>(), none: new WeakMap<Attributes, Attributes>() };

  function resourceOf(attributes: Attributes, mode: StrictMode): Attributes {
    const known = resources[mode].get(attributes);
    if (known !== undefined) return known;
    const kept = values.attributes(attributes, mode);
    resources[mode].set(attributes, kept);
    return kept;
  }

  function eventOf(event: SpanEvent, mode: StrictMode): SpanEvent {
    const name = redactor.name(event.name);
    const attributes = values.eventAttributes(event.name, event.attributes, mode);
    return name === event.name && attributes === event.attributes ? event : { timeNs: event.timeNs, name, attributes };
  }

  function linkOf(link: SpanLink, mode: StrictMode): SpanLink {
    const attributes = values.attributes(link.attributes, mode);
    return attributes === link.attributes ? link : { ...link, attributes };
  }

  return {
    span(span, mode, isGeneration) {
      const name = isGeneration ? redactor.name(span.name) : redactor.text(span.name);
      const statusMessage = statusMessageOf(span.statusMessage, mode);
      const attributes = values.attributes(span.attributes, mode);
      const events = unlessSame(span.events, (event) => eventOf(event, mode));
      const links = unlessSame(span.links, (link) => linkOf(link, mode));
      const resource = resourceOf(span.resource, mode);
      const isKept =
        name === span.name &&
        statusMessage === span.statusMessage &&
        attributes === span.attributes &&
        events === span.events &&
        links === span.links;
      if (isKept && resource === span.resource) return span;
      return {
        ...plainSpan(span),
        name,
        statusMessage,
        attributes: isKept ? attributes : marked(attributes, mode),
        events,
        links,
        resource,
      };
    },
    log(log, mode) {
      const body = mode === 'none' ? null : values.value(log.body);
      const attributes = values.eventAttributes(eventNameOf(log), log.attributes, mode);
      const resource = resourceOf(log.resource, mode);
      const isKept = attributes === log.attributes && (body === log.body || log.body === '');
      if (isKept && resource === log.resource) return log;
      return { ...log, body, attributes: isKept ? attributes : marked(attributes, mode), resource };
    },
  };

  /** Says what failed, often by quoting it. */
  function statusMessageOf(message: string, mode: StrictMode): string {
    return mode === 'none' ? '' : redactor.text(message);
  }
}

function marked(attributes: Attributes, mode: StrictMode): Attributes {
  return new Map([...attributes, [CONTENT_ATTRIBUTE, mode]]);
}

/** Field by field: a span may be a view over the request's bytes, which cannot be spread. */
function plainSpan(span: Span): Span {
  const { traceId, spanId, parentSpanId, traceState, name, kind, startNs, endNs, attributes, events, links } = span;
  const { statusCode, statusMessage, resource, scope } = span;
  return {
    ...{ traceId, spanId, parentSpanId, traceState, name, kind, startNs, endNs, attributes, events, links },
    ...{ statusCode, statusMessage, resource, scope },
  };
}
