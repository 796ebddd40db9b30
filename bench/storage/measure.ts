import type { Database } from '../../src/store/index.js';

/** Bytes of a table's active parts, and of its columns, largest first. */
export interface TableSize {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly { readonly name: string; readonly bytes: number }[];
  readonly indexBytes: number;
}

/** Merges everything that can be merged, then asks the engine what is on disk. */
export async function measureTables(database: Database, databaseName: string): Promise<TableSize[]> {
  const tables = await database.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = {databaseName:String} AND engine LIKE '%MergeTree'`,
    { databaseName },
  );
  for (const { name } of tables) await database.command(`OPTIMIZE TABLE ${databaseName}.${name} FINAL`);
  const sizes = await database.query<{ table: string; rows: number; bytes: number; indexBytes: number }>(
    `SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes,
       sum(secondary_indices_compressed_bytes) AS indexBytes
     FROM system.parts WHERE active AND database = {databaseName:String} GROUP BY table ORDER BY bytes DESC`,
    { databaseName },
  );
  const columns = await database.query<{ table: string; name: string; bytes: number }>(
    `SELECT table, name, sum(data_compressed_bytes) AS bytes FROM system.columns
     WHERE database = {databaseName:String} GROUP BY table, name ORDER BY bytes DESC`,
    { databaseName },
  );
  return sizes.map((size) => ({ ...size, columns: columns.filter(({ table }) => table === size.table) }));
}

export function bytesOf(tables: readonly TableSize[]): number {
  return tables.reduce((sum, { bytes }) => sum + bytes, 0);
}
