import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

/** Only what the tests look at, so that it stays independent of Leeway's own decoder. */
const SCHEMA = `
syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { repeated Span spans = 2; }
message Span { bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; repeated KeyValue attributes = 9; repeated Event events = 11; Status status = 15; }
message Event { string name = 2; }
message Status { int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; int64 int_value = 3; } }
`;
const Request = protobuf.parse(SCHEMA).root.lookupType('Request');

interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly attributes?: readonly { key: string; value?: { stringValue?: string } }[];
  readonly events?: readonly { name: string }[];
  readonly status?: { code?: number };
}

/** A span as it arrived. */
export interface ReceivedSpan {
  readonly id: string;
  readonly traceId: string;
  readonly name: string;
  readonly pod: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  readonly failed: boolean;
}

/** A receiver of OTLP/HTTP protobuf on a free port; it answers 503 to the first `failures` requests. */
export async function startTraceSink(failures = 0) {
  const spans: ReceivedSpan[] = [];
  const encodings = new Set<string>();
  let left = failures;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (left > 0) {
        left -= 1;
        response.writeHead(503).end();
        return;
      }
      encodings.add(String(request.headers['content-encoding']));
      spans.push(...decode(gunzipSync(Buffer.concat(chunks))));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the sink has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    encodings,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function decode(body: Uint8Array): ReceivedSpan[] {
  const request = Request.toObject(Request.decode(body), { bytes: String, longs: Number }) as {
    resourceSpans?: readonly {
      resource?: { attributes?: WireSpan['attributes'] };
      scopeSpans?: readonly { spans?: readonly WireSpan[] }[];
    }[];
  };
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
    const pod = record(resource?.attributes)['k8s.pod.name'] ?? '';
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => received(span, pod)));
  });
}

function received(span: WireSpan, pod: string): ReceivedSpan {
  return {
    id: `${span.traceId} ${span.spanId}`,
    traceId: span.traceId,
    name: span.name,
    pod,
    attributes: record(span.attributes),
    events: (span.events ?? []).map(({ name }) => name),
    failed: span.status?.code === 2,
  };
}

function record(attributes: WireSpan['attributes'] = []): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value?.stringValue ?? '']));
}
