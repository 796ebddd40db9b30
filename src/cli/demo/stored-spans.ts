import { openEmbedded } from '../../store/index.js';

/**
 * Distinct spans in a data directory that no service has open any more: what is really there, not what anybody counted
 * on the way. Reads two columns of `otel_traces`.
 */
export async function countStoredSpans(engineDirectory: string): Promise<number> {
  const database = await openEmbedded(engineDirectory);
  try {
    const rows = await database.query<{ spans: number }>(
      'SELECT uniqExact((TraceId, SpanId)) AS spans FROM otel_traces',
    );
    return rows[0]?.spans ?? 0;
  } finally {
    await database.close();
  }
}
