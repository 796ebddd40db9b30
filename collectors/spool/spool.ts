import { randomBytes } from 'node:crypto';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, errorMessage, LeewayError } from '../../src/model/index.js';
import type { Database, SegmentTable } from '../../src/store/index.js';
import type { RowBatch } from '../row-batch.js';
import { Loader, POISONED } from './loader.js';
import { type Writers, writeBatch } from './rows.js';
import {
  createWriters,
  fileName,
  OpenSegment,
  recoverSegment,
  recoverSegments,
  sealedSegments,
  TABLES,
} from './segment.js';

/** A segment is sealed at this age or size, whichever comes first. */
export const SEAL_AFTER_MS = 200;
/**
 * A load costs the store much the same however few rows it brings. Where loads are slow, a segment waits this many times
 * as long as the last one took, so that a trickle of traffic does not keep a core busy; but never longer than the latest.
 */
const LOADS_BETWEEN_SEALS = 4;
export const SEAL_AT_LATEST_MS = 1000;
export const SEAL_AT_BYTES = 16 * 1024 ** 2;
/** While the store is busy with the last one, a segment grows up to this: four in one cost it half of four. */
export const GROW_TO_BYTES = 64 * 1024 ** 2;
const FSYNC_INTERVAL_MS = 1000;
const DRAIN_POLL_MS = 20;

export interface SpoolOptions {
  readonly directory: string;
  readonly maxBytes: number;
  readonly fsync: 'always' | 'interval' | 'never';
  readonly clock: Clock;
  /** Called when rows have reached the store. */
  readonly onLoaded?: (table: SegmentTable, bytes: number) => void;
  readonly log: (message: string) => void;
}

export interface SpoolStatus {
  readonly segments: number;
  readonly bytes: number;
  /** Segments that the store refused for good, kept under `poisoned/`. */
  readonly poisoned: number;
  /** Why the last load failed; empty when it did not. */
  readonly lastError: string;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The write-ahead spool: {@link append} resolves once the rows are in a segment file, and the loader brings segments into
 * the store in the background. Requests that arrive while a write is under way share the next one; their rows are encoded
 * at once, so that the objects that they were read into need not outlive the request.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #segmentsDirectory: string;
  readonly #poisonedDirectory: string;
  readonly #loader: Loader;
  /** Rows of requests that wait for the write that is under way, and the rows that it writes. */
  #filling: Writers = createWriters();
  #flushing: Writers = createWriters();
  #open: OpenSegment | null = null;
  /** Segments that are written but could not be sealed. */
  readonly #unsealed = new Set<string>();
  #waiting: Waiting[] = [];
  #writing = false;
  /** Writes happen one at a time, in the order they were asked for, and so does parting with the segment they went to. */
  #turn: Promise<void> = Promise.resolve();
  /** Segments that are full are forced to disk and sealed one at a time, beside the writes: a disk may take long for it. */
  #sealing: Promise<void> = Promise.resolve();
  readonly #beingSealed = new Set<OpenSegment>();
  #sealTimer: NodeJS.Timeout | null = null;
  #syncTimer: NodeJS.Timeout | null = null;
  #sequence = 0;
  #backlogBytes = 0;
  #backlogSegments = 0;
  #poisoned = 0;
  #lastError = '';
  #stopped = false;

  private constructor(database: Database, options: SpoolOptions) {
    this.#options = options;
    this.#segmentsDirectory = join(options.directory, 'segments');
    this.#poisonedDirectory = join(options.directory, POISONED);
    this.#loader = new Loader(this.#segmentsDirectory, this.#poisonedDirectory, database, {
      loaded: (table, bytes) => {
        this.#lastError = '';
        this.#backlogBytes = Math.max(0, this.#backlogBytes - bytes);
        options.onLoaded?.(table, bytes);
      },
      poisoned: (segment, table, reason) => {
        this.#poisoned += 1;
        options.log(`spool: ${segment} (${table}) was refused by the store and set aside: ${reason}`);
      },
      failed: (reason) => {
        if (this.#lastError !== reason) options.log(`spool: loading failed, will try again: ${reason}`);
        this.#lastError = reason;
      },
      drained: () => {
        this.#lastError = '';
      },
    });
  }

  /** Opens the spool, takes over what an earlier run left, and starts loading. */
  static async start(database: Database, options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(database, options);
    await mkdir(spool.#segmentsDirectory, { recursive: true });
    await mkdir(spool.#poisonedDirectory, { recursive: true });
    await recoverSegments(spool.#segmentsDirectory);
    await spool.#measure();
    await spool.#loader.start();
    if (options.fsync === 'interval') {
      spool.#syncTimer = setInterval(() => void spool.#open?.sync().catch(() => {}), FSYNC_INTERVAL_MS);
      spool.#syncTimer.unref();
    }
    return spool;
  }

  /** Why nothing can be appended now, LEEWAY_SPOOL_FULL; `null` when it can. */
  refusal(): LeewayError | null {
    if (this.#stopped) return new LeewayError('LEEWAY_SPOOL_FULL', 'Leeway is shutting down; retry.');
    const bytes = this.#bytes;
    const { maxBytes } = this.#options;
    if (bytes < maxBytes) return null;
    return new LeewayError(
      'LEEWAY_SPOOL_FULL',
      `The spool holds ${bytes} bytes that the store has not taken yet (limit LEEWAY_SPOOL_MAX_BYTES=${maxBytes}). ` +
        `Retry later. Last error of the store: ${this.#lastError || 'none, it is only slow'}.`,
    );
  }

  /**
   * Makes a batch durable.
   * @throws LeewayError LEEWAY_SPOOL_FULL when the store has been away for too long; the client should retry later
   */
  append(batch: RowBatch): Promise<void> {
    const refusal = this.refusal();
    if (refusal !== null) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#encode(batch);
      this.#waiting.push({ resolve, reject });
      void this.#write();
    });
  }

  /** What the store has not taken yet. */
  get #bytes(): number {
    return this.#backlogBytes + (this.#open?.bytes ?? 0);
  }

  /** All rows of a batch or none. */
  #encode(batch: RowBatch): void {
    const lengths = TABLES.map((table) => this.#filling[table].length);
    try {
      writeBatch(this.#filling, batch, this.#options.clock.now());
    } catch (error) {
      for (const [index, table] of TABLES.entries()) this.#filling[table].truncate(lengths[index] ?? 0);
      throw error;
    }
  }

  /** Resolves when everything appended so far is in the store. */
  async drained(): Promise<void> {
    await this.#sealAll();
    do {
      await this.#measure();
      if (this.#backlogSegments > 0) await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    } while (this.#backlogSegments > 0 && !this.#stopped);
  }

  async status(): Promise<SpoolStatus> {
    await this.#measure();
    return {
      segments: this.#backlogSegments + (this.#open ? 1 : 0),
      bytes: this.#bytes,
      poisoned: this.#poisoned,
      lastError: this.#lastError,
    };
  }

  /** Writes what is waiting, seals, gives the loader one more chance, and stops. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#syncTimer) clearInterval(this.#syncTimer);
    await this.#sealAll();
    await this.#loader.stop();
  }

  /** What fails fails alone: the next in turn has its own try. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #write(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    await this.#inTurn(async () => {
      while (this.#waiting.length > 0) await this.#writeGroup(this.#waiting.splice(0));
      this.#writing = false;
    });
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    const writers = this.#filling;
    this.#filling = this.#flushing;
    this.#flushing = writers;
    try {
      const segment = await this.#openSegment();
      await segment.append(writers);
      if (this.#options.fsync === 'always') await segment.sync();
      for (const { resolve } of group) resolve();
      if (segment.bytes >= (this.#isBehind ? GROW_TO_BYTES : SEAL_AT_BYTES)) this.#partWithOpen('whole');
    } catch (error) {
      this.#partWithOpen('broken');
      for (const { reject } of group) reject(error);
    } finally {
      for (const table of TABLES) writers[table].clear();
    }
  }

  async #sealTheUnsealed(): Promise<void> {
    if (this.#unsealed.size === 0) return;
    for (const name of this.#unsealed) {
      try {
        await recoverSegment(this.#segmentsDirectory, name);
        this.#unsealed.delete(name);
      } catch (error) {
        this.#options.log(`spool: segment ${name} cannot be sealed yet: ${errorMessage(error)}`);
        return;
      }
    }
    this.#loader.notify();
  }

  async #openSegment(): Promise<OpenSegment> {
    if (this.#open) return this.#open;
    this.#sequence += 1;
    const time = this.#options.clock.now().toString(36).padStart(9, '0');
    const name = `${time}-${String(this.#sequence).padStart(6, '0')}-${randomBytes(4).toString('hex')}`;
    this.#open = await OpenSegment.create(this.#segmentsDirectory, name);
    this.#sealTimer = setTimeout(() => this.#sealWhenIdle(), this.#sealAfterMs());
    return this.#open;
  }

  #sealAfterMs(): number {
    return Math.min(SEAL_AT_LATEST_MS, Math.max(SEAL_AFTER_MS, LOADS_BETWEEN_SEALS * this.#loader.lastLoadMs));
  }

  get #isBehind(): boolean {
    return this.#loader.busy || this.#beingSealed.size > 0;
  }

  /** While the loader or the disk is behind, segments grow instead of multiplying. */
  #sealWhenIdle(): void {
    if (this.#isBehind && (this.#open?.bytes ?? 0) < GROW_TO_BYTES)
      this.#sealTimer = setTimeout(() => this.#sealWhenIdle(), SEAL_AFTER_MS);
    else void this.#sealAll();
  }

  /** Resolves when everything written so far is sealed, or could not be. */
  async #sealAll(): Promise<void> {
    await this.#inTurn(async () => this.#partWithOpen('whole'));
    await this.#sealing;
  }

  /**
   * The next write opens another segment; this one is sealed after those before it. Where a write failed half way it is
   * broken: what was acknowledged before is sealed, the rest is cut off.
   */
  #partWithOpen(state: 'whole' | 'broken'): void {
    const segment = this.#open;
    if (this.#sealTimer) clearTimeout(this.#sealTimer);
    this.#open = null;
    if (segment) {
      this.#beingSealed.add(segment);
      this.#backlogSegments += 1;
      this.#backlogBytes += segment.bytes;
    }
    this.#sealing = this.#sealing.then(async () => {
      if (segment) await (state === 'whole' ? this.#seal(segment) : this.#giveUp(segment));
      await this.#sealTheUnsealed();
    });
  }

  async #seal(segment: OpenSegment): Promise<void> {
    try {
      if (this.#options.fsync !== 'never') await segment.sync();
      await segment.seal(this.#segmentsDirectory);
      this.#beingSealed.delete(segment);
      this.#loader.notify();
    } catch (error) {
      this.#options.log(`spool: segment ${segment.name} could not be sealed: ${errorMessage(error)}`);
      await this.#giveUp(segment);
    }
  }

  /** The disk may be full or failing: what cannot be sealed now is tried again with every later seal. */
  async #giveUp(segment: OpenSegment): Promise<void> {
    // A handle that cannot be closed is of no consequence: nothing is written through it any more.
    await segment.close().catch(() => {});
    this.#beingSealed.delete(segment);
    this.#unsealed.add(segment.name);
  }

  /** The disk is the truth about what is sealed. */
  async #measure(): Promise<void> {
    let bytes = 0;
    const segments = await sealedSegments(this.#segmentsDirectory);
    for (const segment of segments)
      for (const table of TABLES)
        bytes += await stat(join(this.#segmentsDirectory, segment, fileName(table))).then(
          (file) => file.size,
          () => 0,
        );
    for (const segment of this.#beingSealed) bytes += segment.bytes;
    this.#backlogBytes = bytes;
    this.#backlogSegments = segments.length + this.#beingSealed.size;
    this.#poisoned = (await readdir(this.#poisonedDirectory)).length;
  }
}
