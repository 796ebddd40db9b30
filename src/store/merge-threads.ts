import { readdir, readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import type { Database } from './database.js';

const NAME = 'MergeMutate';
/** A tenth of what another thread gets where there is not enough for all, and all of it where there is. */
const NICENESS = 10;

/**
 * Merges of the embedded engine can wait; a request that is to be acknowledged cannot, and shares the cores with them. The
 * engine's own setting for it (`os_threads_nice_value_merge_mutate`) has an effect only with CAP_SYS_NICE, while every
 * process may make its own threads nicer. Where threads have no niceness of their own (not Linux) nothing changes.
 */
export async function letMergesYield(database: Database): Promise<void> {
  // The threads are started for the first table that can have merges.
  await database.command('CREATE TEMPORARY TABLE merges (nothing UInt8) ENGINE = MergeTree ORDER BY nothing');
  await database.command('DROP TEMPORARY TABLE merges');
  for (const thread of await readdir('/proc/self/task').catch(() => [])) {
    const name = await readFile(`/proc/self/task/${thread}/comm`, 'utf8').catch(() => ''); // It may have ended.
    if (name.trim() === NAME) makeNice(Number(thread));
  }
}

function makeNice(thread: number): void {
  try {
    setPriority(thread, NICENESS);
  } catch {
    // A sandbox may forbid it: then merges compete as they did.
  }
}
