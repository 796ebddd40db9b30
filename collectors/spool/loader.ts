import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '../../src/model/index.js';
import type { Database, SegmentTable } from '../../src/store/index.js';
import { fileName, sealedSegments, TABLES } from './segment.js';

export const POISONED = 'poisoned';

/**
 * ClickHouse error codes that say "these bytes will never load" (src/Common/ErrorCodes.cpp). Everything else (away, out of
 * memory, disk full, too many parts) may pass, and is waited out: the spool's limit is what bounds it.
 */
const DATA_ERRORS = new Set([
  '6', // CANNOT_PARSE_TEXT
  '16', // NO_SUCH_COLUMN_IN_TABLE
  '26', // CANNOT_PARSE_QUOTED_STRING
  '27', // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  '32', // ATTEMPT_TO_READ_AFTER_EOF
  '33', // CANNOT_READ_ALL_DATA
  '38', // CANNOT_PARSE_DATE
  '41', // CANNOT_PARSE_DATETIME
  '53', // TYPE_MISMATCH
  '72', // CANNOT_PARSE_NUMBER
  '117', // INCORRECT_DATA
  '128', // TOO_LARGE_ARRAY_SIZE
  '131', // TOO_LARGE_STRING_SIZE
]);

const RETRY_BASE_MS = 200;
const RETRY_CAP_MS = 10_000;
const IDLE_MS = 60_000;

export interface LoaderEvents {
  /** A table file was loaded and deleted. */
  loaded(table: SegmentTable, bytes: number): void;
  poisoned(segment: string, table: SegmentTable, reason: string): void;
  failed(reason: string): void;
  /** Backlog is empty: everything acknowledged is in the store. */
  drained(): void;
}

/**
 * Loads sealed segments one after another, oldest first, so that rows become visible in the order of their `loaded_at`.
 * The store being away is waited out with backoff and jitter; nothing is dropped.
 */
export class Loader {
  readonly #directory: string;
  readonly #poisonedDirectory: string;
  readonly #database: Database;
  readonly #events: LoaderEvents;
  readonly #random: () => number;
  /** Files refused once: bytes may also have been cut on their way to the store, so each gets a second chance. */
  readonly #suspects = new Set<string>();
  /** Files whose load may have been cut off: by the end of an earlier process, or by an error. */
  readonly #interrupted = new Set<string>();
  #wake: (() => void) | null = null;
  #pending = false;
  #stopping = false;
  #running: Promise<void> = Promise.resolve();
  #busy = false;
  #lastLoadMs = 0;
  #failures = 0;

  constructor(
    directory: string,
    poisonedDirectory: string,
    database: Database,
    events: LoaderEvents,
    random = Math.random,
  ) {
    this.#directory = directory;
    this.#poisonedDirectory = poisonedDirectory;
    this.#database = database;
    this.#events = events;
    this.#random = random;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** How long the store took for the last segment, milliseconds. */
  get lastLoadMs(): number {
    return this.#lastLoadMs;
  }

  /** Begins with what an earlier process left. */
  async start(): Promise<void> {
    for (const segment of await sealedSegments(this.#directory))
      for (const table of TABLES) this.#interrupted.add(this.#path(segment, table));
    this.#running = this.#run();
  }

  /** There is a new sealed segment. While the store refuses, the backoff is not cut short by it. */
  notify(): void {
    this.#pending = true;
    if (this.#failures === 0) this.#wake?.();
  }

  /** Tries once more to empty the backlog, then stops. What is left stays on disk for the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake?.();
    await this.#running;
    await this.#pass();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#pending = false;
      const waitMs = await this.#pass();
      const nothingNew = waitMs < IDLE_MS || !this.#pending;
      if (!this.#stopping && nothingNew) await this.#sleep(waitMs);
    }
  }

  /** @returns how long to wait before the next pass, unless notified */
  async #pass(): Promise<number> {
    this.#busy = true;
    try {
      for (const segment of await sealedSegments(this.#directory)) {
        const startedMs = performance.now();
        await this.#loadSegment(segment);
        this.#lastLoadMs = performance.now() - startedMs;
        this.#failures = 0;
      }
      this.#events.drained();
      return IDLE_MS;
    } catch (error) {
      this.#failures += 1;
      this.#events.failed(errorMessage(error));
      const ceiling = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(this.#failures, 10));
      return ceiling / 2 + (this.#random() * ceiling) / 2;
    } finally {
      this.#busy = false;
    }
  }

  async #loadSegment(segment: string): Promise<void> {
    for (const table of TABLES) {
      const path = this.#path(segment, table);
      const wasInterrupted = this.#interrupted.delete(path);
      const size = await stat(path).then(
        (file) => file.size,
        () => 0,
      );
      if (size === 0) continue;
      try {
        await this.#database.loadSegment(table, path, `${segment}.${table}`, wasInterrupted);
      } catch (error) {
        this.#interrupted.add(path);
        if (!isDataError(error) || !this.#suspects.has(path)) {
          if (isDataError(error)) this.#suspects.add(path);
          throw error;
        }
        this.#suspects.delete(path);
        this.#interrupted.delete(path);
        await this.#setAside(segment, table, path, errorMessage(error));
        continue;
      }
      this.#suspects.delete(path);
      await rm(path);
      this.#events.loaded(table, size);
    }
    await rm(join(this.#directory, segment), { recursive: true, force: true });
  }

  #path(segment: string, table: SegmentTable): string {
    return join(this.#directory, segment, fileName(table));
  }

  async #setAside(segment: string, table: SegmentTable, path: string, reason: string): Promise<void> {
    const directory = join(this.#poisonedDirectory, segment);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, `${table}.reason.txt`), `${reason}\n`);
    await rename(path, join(directory, fileName(table)));
    this.#events.poisoned(segment, table, reason);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(finish, ms);
      this.#wake = finish;
    });
  }
}

function isDataError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && DATA_ERRORS.has(String(error.code));
}
