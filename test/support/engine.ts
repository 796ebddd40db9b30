import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, migrate, openEmbedded } from '../../src/store/index.js';
import { cleanUp } from './cleanup.js';

/** A directory that is removed after the test file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'leeway-test-'));
  cleanUp(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The real engine with the real schema, closed after the test file. One a file: a process binds one data directory. */
export async function startEngine(): Promise<Database> {
  const database = await openEmbedded(join(temporaryDirectory(), 'engine'));
  cleanUp(() => database.close());
  await migrate(database);
  return database;
}
