import { Reader } from 'protobufjs';
import { LeewayError } from '../../src/model/index.js';
import { at, elements, isObject, parseJson } from '../json-content.js';
import type { Encoding } from './draft.js';

/** ExportMetricsServiceRequest down to its data points: the numbers of the fields that lead there, a level each. */
const PATH: readonly ReadonlySet<number>[] = [
  new Set([1]), // resource_metrics
  new Set([2]), // scope_metrics
  new Set([2]), // metrics
  new Set([5, 7, 9, 10, 11]), // gauge, sum, histogram, exponential_histogram, summary
];
const DATA_POINTS = 1;

const KINDS = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'];
const LENGTH_DELIMITED = 2;

/**
 * How many data points an ExportMetricsServiceRequest has. Nothing else of it is looked at.
 * @throws LeewayError LEEWAY_MALFORMED
 */
export function countDataPoints(body: Uint8Array, encoding: Encoding): number {
  return encoding === 'json' ? countInJson(body) : countInProtobuf(body);
}

function countInProtobuf(body: Uint8Array): number {
  try {
    return countBelow(Reader.create(body), body.length, 0);
  } catch (error) {
    throw new LeewayError('LEEWAY_MALFORMED', 'not an ExportMetricsServiceRequest in protobuf', { cause: error });
  }
}

function countBelow(reader: Reader, end: number, level: number): number {
  const wanted = PATH[level];
  let count = 0;
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    const isMessage = (tag & 7) === LENGTH_DELIMITED;
    if (isMessage && wanted?.has(field)) count += countBelow(reader, endOfMessage(reader, end), level + 1);
    else {
      if (isMessage && wanted === undefined && field === DATA_POINTS) count++;
      reader.skipType(tag & 7);
    }
  }
  if (reader.pos !== end) throw new RangeError('a field goes on after the end of its message');
  return count;
}

function endOfMessage(reader: Reader, end: number): number {
  const length = reader.uint32();
  if (reader.pos + length > end) throw new RangeError('a message is longer than what holds it');
  return reader.pos + length;
}

function countInJson(body: Uint8Array): number {
  const request = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
  if (!isObject(request)) throw new LeewayError('LEEWAY_MALFORMED', 'not an ExportMetricsServiceRequest in JSON');
  const metrics = elements(at(request, 'resourceMetrics'))
    .flatMap((resource) => elements(at(resource, 'scopeMetrics')))
    .flatMap((scope) => elements(at(scope, 'metrics')));
  const points = (metric: unknown) => KINDS.map((kind) => elements(at(metric, kind, 'dataPoints')).length);
  return metrics.flatMap(points).reduce((sum, count) => sum + count, 0);
}
