import type { Database } from './database.js';

/** Time column of every table that grows with traffic or with time. */
const TIME_COLUMNS = {
  otel_traces: 'toDateTime(Timestamp)',
  otel_traces_trace_id_ts: 'toDateTime(Start)',
  otel_logs: 'toDateTime(Timestamp)',
  generations: 'toDateTime(start_time)',
  outcomes: 'toDateTime(time)',
  artifacts: 'toDateTime(first_seen)',
  cells: 'bucket',
  session_counts: 'bucket',
  session_cells: 'bucket',
  bucket_closes: 'bucket',
  deployments: 'toDateTime(at)',
  findings: 'toDateTime(at)',
} as const;

export type RetainedTable = keyof typeof TIME_COLUMNS;
export const RETAINED_TABLES = Object.keys(TIME_COLUMNS) as readonly RetainedTable[];

/** Days to keep each table's rows; 0 keeps them for ever. */
export type Retention = Readonly<Record<RetainedTable, number>>;

export const DEFAULT_RETENTION: Retention = {
  otel_traces: 14,
  otel_traces_trace_id_ts: 14,
  otel_logs: 14,
  generations: 60,
  outcomes: 60,
  artifacts: 0,
  cells: 400,
  session_counts: 14,
  session_cells: 400,
  bucket_closes: 400,
  deployments: 0,
  findings: 0,
};

/** Sets each table's TTL; parts wholly past it are dropped by the engine's background merges. */
export async function applyRetention(database: Database, retention: Retention): Promise<void> {
  for (const table of RETAINED_TABLES) {
    const days = retention[table];
    const present = await database.query<{ ddl: string }>(
      'SELECT create_table_query AS ddl FROM system.tables WHERE database = currentDatabase() AND name = {table:String}',
      { table },
    );
    const ddl = present[0]?.ddl ?? '';
    const wanted = `TTL ${TIME_COLUMNS[table]} + toIntervalDay(${days})`;
    if (days > 0 && !ddl.includes(wanted))
      await database.command(
        `ALTER TABLE ${table} MODIFY TTL ${TIME_COLUMNS[table]} + toIntervalDay(${days}) SETTINGS materialize_ttl_after_modify = 0`,
      );
    else if (days === 0 && / TTL /.test(ddl)) await database.command(`ALTER TABLE ${table} REMOVE TTL`);
  }
}
