import { EventEmitter } from 'node:events';
import type { PGlite } from '@electric-sql/pglite';

/**
 * PGlite in the shape of node-postgres that BullMQ's PostgreSQL backend asks for. PGlite has one session, so every
 * "client" is that session; the backend opens a transaction only while it migrates, before anyone else is there.
 */
export class PglitePool extends EventEmitter {
  readonly #database: PGlite;

  constructor(database: PGlite) {
    super();
    this.#database = database;
  }

  async connect(): Promise<PgliteClient> {
    return new PgliteClient(this.#database);
  }

  query<Row>(text: string, parameters?: readonly unknown[]): Promise<QueryResult<Row>> {
    return new PgliteClient(this.#database).query<Row>(text, parameters);
  }

  /** The owner closes the database. */
  async end(): Promise<void> {}
}

interface QueryResult<Row> {
  rows: Row[];
  rowCount: number;
}

/** The backend's statements begin with comment lines. */
const LISTEN = /^(?:\s*--.*\n)*\s*(UN)?LISTEN\s+"?([\w*]+)"?\s*;?\s*$/i;

class PgliteClient extends EventEmitter {
  readonly #database: PGlite;
  readonly #subscriptions = new Map<string, () => Promise<void>>();

  constructor(database: PGlite) {
    super();
    this.#database = database;
  }

  async query<Row>(text: string, parameters: readonly unknown[] = []): Promise<QueryResult<Row>> {
    const listen = LISTEN.exec(text);
    if (listen?.[2]) {
      await (listen[1] ? this.#unlisten(listen[2]) : this.#listen(listen[2]));
      return { rows: [], rowCount: 0 };
    }
    if (parameters.length > 0) {
      const result = await this.#database.query<Row>(text, [...parameters]);
      return { rows: result.rows, rowCount: result.affectedRows || result.rows.length };
    }
    const last = (await this.#database.exec(text)).at(-1);
    const rows = (last?.rows ?? []) as Row[];
    return { rows, rowCount: last?.affectedRows || rows.length };
  }

  release(): void {
    for (const channel of [...this.#subscriptions.keys()]) void this.#unlisten(channel);
  }

  async #listen(channel: string): Promise<void> {
    if (this.#subscriptions.has(channel)) return;
    const unsubscribe = await this.#database.listen(channel, (payload) => {
      this.emit('notification', { channel, payload });
    });
    this.#subscriptions.set(channel, unsubscribe);
  }

  async #unlisten(pattern: string): Promise<void> {
    for (const [channel, unsubscribe] of this.#subscriptions) {
      if (pattern !== '*' && pattern !== channel) continue;
      this.#subscriptions.delete(channel);
      await unsubscribe();
    }
  }
}
