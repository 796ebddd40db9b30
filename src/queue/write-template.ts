/** Run by the build: what a new queue begins with, in the file that {@link openQueueDatabase} reads. */
import { writeFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { migrateQueue, QUEUE_TEMPLATE } from './template.js';

const database = await PGlite.create();
await migrateQueue(database);
const files = await database.dumpDataDir('gzip');
await writeFile(QUEUE_TEMPLATE, Buffer.from(await files.arrayBuffer()));
await database.close();
