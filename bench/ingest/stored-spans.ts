import { openEmbedded } from '../../src/store/index.js';

/** Says how many spans and calls are in a data directory that nobody has open. */
const [directory = ''] = process.argv.slice(2);
const store = await openEmbedded(directory);
const [spans] = await store.query<{ n: number }>('SELECT count() AS n FROM otel_traces');
const [calls] = await store.query<{ n: number }>('SELECT uniqExact(trace_id, span_id) AS n FROM generations');
await store.close();
process.send?.({ spans: spans?.n ?? 0, generations: calls?.n ?? 0 });
