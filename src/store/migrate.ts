import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, LeewayError } from '../model/index.js';
import { packageFile } from '../package-file.js';
import type { Database } from './database.js';

const MIGRATIONS_DIRECTORY = 'src/store/migrations';
const FILE_NAME = /^(\d{4})_([a-z0-9_]+)\.sql$/;

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly digest: string;
  readonly statements: readonly string[];
}

function readMigrations(): Migration[] {
  const directory = packageFile(MIGRATIONS_DIRECTORY);
  return readdirSync(directory)
    .sort()
    .map((file) => {
      const match = FILE_NAME.exec(file);
      if (!match?.[1] || !match[2])
        throw new LeewayError('LEEWAY_MIGRATION_FAILED', `${file}: not named NNNN_name.sql`);
      const text = readFileSync(join(directory, file), 'utf8');
      return {
        version: Number(match[1]),
        name: match[2],
        digest: createHash('sha256').update(text).digest('hex'),
        statements: splitStatements(text),
      };
    });
}

/** Statements end with a semicolon at the end of a line; comments are whole lines. */
function splitStatements(text: string): string[] {
  return text
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/**
 * Brings the schema up to date: numbered files, each applied once and never edited afterwards.
 * @returns the names that were applied now
 * @throws LeewayError LEEWAY_MIGRATION_FAILED with file and reason; also when an applied file was edited, or the
 *   database is newer than this build
 */
export async function migrate(database: Database, report: (line: string) => void = () => {}): Promise<string[]> {
  await database.command(
    `CREATE TABLE IF NOT EXISTS schema_migrations (version UInt32, name String, digest String,
     applied_at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = MergeTree ORDER BY version`,
  );
  const applied = new Map(
    (await database.query<{ version: number; digest: string }>('SELECT version, digest FROM schema_migrations')).map(
      (row) => [row.version, row.digest],
    ),
  );
  const migrations = readMigrations();
  const known = new Set(migrations.map((migration) => migration.version));
  const newer = [...applied.keys()].find((version) => !known.has(version));
  if (newer !== undefined)
    throw new LeewayError(
      'LEEWAY_MIGRATION_FAILED',
      `the store has migration ${newer}, which this build does not know: it was written by a newer Leeway. Upgrade.`,
    );
  const done: string[] = [];
  for (const migration of migrations) {
    const digest = applied.get(migration.version);
    if (digest === undefined) {
      report(`applying migration ${migration.version} (${migration.name})`);
      await apply(database, migration);
      done.push(migration.name);
    } else if (digest !== migration.digest)
      throw new LeewayError(
        'LEEWAY_MIGRATION_FAILED',
        `migration ${migration.version} (${migration.name}) was edited after it was applied. Restore the file and add a new one.`,
      );
  }
  return done;
}

/** Statements are made repeatable, because a kill between two of them leaves no ledger row. */
async function apply(database: Database, migration: Migration): Promise<void> {
  for (const statement of migration.statements) {
    try {
      await database.command(
        statement.replace(/^CREATE (TABLE|MATERIALIZED VIEW) (?!IF NOT EXISTS)/, 'CREATE $1 IF NOT EXISTS '),
      );
    } catch (error) {
      throw new LeewayError(
        'LEEWAY_MIGRATION_FAILED',
        `migration ${migration.version} (${migration.name}): ${errorMessage(error)} in: ${statement.slice(0, 120)}`,
        { cause: error },
      );
    }
  }
  await database.insert('schema_migrations', [
    { version: migration.version, name: migration.name, digest: migration.digest },
  ]);
}
