import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { SEGMENT_TABLES, type SegmentTable } from '../../src/store/index.js';
import { RowBinaryWriter } from './row-binary.js';
import { shortDigest, type Writers } from './rows.js';

/**
 * A segment is a directory: one RowBinary file a table, and `commits`, a line for every append with the length that each
 * file then had. What was written after the last whole line belongs to nobody's acknowledgement and is cut off when the
 * segment is opened again after a crash. Renaming `NAME.open` to `NAME` seals it.
 */
export const TABLES = Object.keys(SEGMENT_TABLES) as readonly SegmentTable[];
const COMMITS = 'commits';
const OPEN_SUFFIX = '.open';

export function createWriters(): Writers {
  const writers: Partial<Record<SegmentTable, RowBinaryWriter>> = {};
  for (const table of TABLES) writers[table] = new RowBinaryWriter();
  return writers as Writers;
}

export const fileName = (table: SegmentTable): string => `${table}.rowbinary`;

type Lengths = Partial<Record<SegmentTable, number>>;

export class OpenSegment {
  readonly name: string;
  readonly #directory: string;
  readonly #files = new Map<SegmentTable, FileHandle>();
  readonly #lengths: Lengths = {};
  readonly #commits: FileHandle;
  #bytes = 0;

  private constructor(name: string, directory: string, commits: FileHandle) {
    this.name = name;
    this.#directory = directory;
    this.#commits = commits;
  }

  static async create(spoolDirectory: string, name: string): Promise<OpenSegment> {
    const directory = join(spoolDirectory, name + OPEN_SUFFIX);
    await mkdir(directory, { recursive: true });
    try {
      return new OpenSegment(name, directory, await open(join(directory, COMMITS), 'a'));
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Appends the bytes of every table, then the commit line that makes them count. The writers must rest meanwhile. Each
   * file is written in one go where the system takes it: requests wait for this, and between two goes others are read.
   */
  async append(writers: Writers): Promise<void> {
    const written = await Promise.allSettled(TABLES.map((table) => this.#appendTable(table, writers[table].bytes)));
    for (const one of written) if (one.status === 'rejected') throw one.reason;
    const line = JSON.stringify(this.#lengths);
    await writeAll(this.#commits, Buffer.from(`${shortDigest(line)} ${line}\n`));
  }

  async #appendTable(table: SegmentTable, bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    let file = this.#files.get(table);
    if (!file) {
      file = await open(join(this.#directory, fileName(table)), 'a');
      this.#files.set(table, file);
    }
    await writeAll(file, bytes);
    this.#lengths[table] = (this.#lengths[table] ?? 0) + bytes.length;
    this.#bytes += bytes.length;
  }

  /** Forces everything written so far to disk. */
  async sync(): Promise<void> {
    await Promise.all([...this.#files.values(), this.#commits].map((file) => file.datasync()));
  }

  async seal(spoolDirectory: string): Promise<void> {
    await this.close();
    await rename(this.#directory, join(spoolDirectory, this.name));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#files.values(), this.#commits].map((file) => file.close()));
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

/** Recovers every segment that a crash left open. */
export async function recoverSegments(spoolDirectory: string): Promise<void> {
  for (const entry of await readdir(spoolDirectory, { withFileTypes: true }))
    if (entry.isDirectory() && entry.name.endsWith(OPEN_SUFFIX))
      await recoverSegment(spoolDirectory, entry.name.slice(0, -OPEN_SUFFIX.length));
}

/** Cuts what no commit line covers, and seals. */
export async function recoverSegment(spoolDirectory: string, name: string): Promise<void> {
  const directory = join(spoolDirectory, name + OPEN_SUFFIX);
  const lengths = lastCommit(await readFile(join(directory, COMMITS), 'utf8').catch(() => ''));
  for (const table of TABLES) {
    const path = join(directory, fileName(table));
    const length = lengths[table] ?? 0;
    if (length > 0) await truncate(path, length);
    else await rm(path, { force: true });
  }
  await rename(directory, join(spoolDirectory, name));
}

/** Lengths of the last whole commit line; a torn one does not match its digest. */
export function lastCommit(text: string): Lengths {
  for (const line of text.split('\n').reverse()) {
    const space = line.indexOf(' ');
    const json = line.slice(space + 1);
    if (space > 0 && shortDigest(json) === line.slice(0, space)) return JSON.parse(json) as Lengths;
  }
  return {};
}

/** Names of sealed segments, oldest first (names begin with their time of creation). */
export async function sealedSegments(spoolDirectory: string): Promise<string[]> {
  const entries = await readdir(spoolDirectory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.endsWith(OPEN_SUFFIX))
    .map((entry) => entry.name)
    .sort();
}
