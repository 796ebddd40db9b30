import type { SegmentTable } from './tables.js';

/** Values of a query's named parameters; `{name:Type}` in the SQL says how the engine reads them. */
export type QueryParameters = Readonly<Record<string, unknown>>;

/** A row of a control table, as JSON: times are numbers of milliseconds or ISO strings. */
export type JsonRow = Readonly<Record<string, unknown>>;

/** The one way to the engine, whether it runs in this process or behind HTTP. */
export interface Database {
  /** Rows of a SELECT, with 64-bit integers as numbers. */
  query<Row>(sql: string, parameters?: QueryParameters): Promise<Row[]>;
  /** A statement without a result. */
  command(sql: string, parameters?: QueryParameters): Promise<void>;
  /** A few rows; the spool's bulk goes through {@link loadSegment}. */
  insert(table: string, rows: readonly JsonRow[]): Promise<void>;
  /**
   * Loads a RowBinary file once: a second load under the same token changes nothing.
   * @param token 1 to 128 characters of `[A-Za-z0-9_.-]`
   * @param wasInterrupted an earlier load under this token may have been cut off, by a crash or an error
   */
  loadSegment(table: SegmentTable, path: string, token: string, wasInterrupted?: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Ends a statement that reads little at every look: more threads cost more than they read. */
export const ONE_THREAD = 'SETTINGS max_threads = 1';
