import { describe, expect, it } from 'vitest';
import { applyRetention, DEFAULT_RETENTION, migrate, SEGMENT_TABLES } from '../../src/store/index.js';
import { startEngine } from '../support/engine.js';

const database = await startEngine();

describe('migrations', () => {
  it('are applied once', async () => {
    expect(await migrate(database)).toEqual([]);
    const rows = await database.query<{ n: number }>('SELECT count() AS n FROM schema_migrations');
    expect(rows[0]?.n).toBeGreaterThan(0);
  });

  it('refuse to go on when an applied file was edited', async () => {
    await database.insert('schema_migrations', [{ version: 9999, name: 'from_the_future', digest: 'x' }]);
    await expect(migrate(database)).rejects.toMatchObject({ code: 'LEEWAY_MIGRATION_FAILED' });
    await database.command('ALTER TABLE schema_migrations DELETE WHERE version = 9999 SETTINGS mutations_sync = 2');
  });

  it('give every spooled table the columns that the spool writes', async () => {
    for (const [table, columns] of Object.entries(SEGMENT_TABLES)) {
      const rows = await database.query<{ name: string; type: string }>(
        'SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}',
        { table },
      );
      const types = new Map(rows.map((row) => [row.name, row.type.replaceAll(/LowCardinality\((\w+)\)/g, '$1')]));
      for (const [name, type] of columns) expect([table, name, types.get(name)]).toEqual([table, name, type]);
    }
  });
});

describe('retention', () => {
  const ddl = async (table: string) =>
    (
      await database.query<{ create_table_query: string }>(
        'SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND name = {table:String}',
        { table },
      )
    )[0]?.create_table_query ?? '';

  it('is set per table, changed, and taken off again', async () => {
    await applyRetention(database, DEFAULT_RETENTION);
    expect(await ddl('generations')).toContain('toIntervalDay(60)');
    await applyRetention(database, { ...DEFAULT_RETENTION, generations: 3 });
    expect(await ddl('generations')).toContain('toIntervalDay(3)');
    await applyRetention(database, { ...DEFAULT_RETENTION, generations: 0 });
    expect(await ddl('generations')).not.toContain(' TTL ');
  });
});
