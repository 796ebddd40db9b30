import type { Watch } from '../../../detectors/index.js';
import type { Finding } from '../../model/index.js';
import type { Database } from '../../store/index.js';
import { ongoingFindings, unresolvedOf } from '../../store/queries/findings.js';

export interface OpenFindingsOfWatch {
  /** Findings that are not over. */
  readonly ongoing: readonly Finding[];
  /** Targets with one whose incident nobody has resolved, and when the first of them was found (Unix seconds). */
  readonly openSince: ReadonlyMap<string, number>;
}

interface OnRecord {
  readonly ongoing: readonly Finding[];
  readonly unresolved: readonly Finding[];
}

/** What the watches of one run have found and is not over: read once, and only when one of them looks. */
export class OpenFindings {
  readonly #database: Database;
  readonly #watches: readonly Watch[];
  #record: Promise<OnRecord> | null = null;

  constructor(database: Database, watches: readonly Watch[]) {
    this.#database = database;
    this.#watches = watches;
  }

  async of({ name }: Watch): Promise<OpenFindingsOfWatch> {
    this.#record ??= this.#read();
    const { ongoing, unresolved } = await this.#record;
    const openSince = new Map<string, number>();
    for (const { detector, targetId, at } of unresolved)
      if (detector === name)
        openSince.set(targetId, Math.min(openSince.get(targetId) ?? Number.POSITIVE_INFINITY, Math.floor(at / 1000)));
    return { ongoing: ongoing.filter(({ detector }) => detector === name), openSince };
  }

  async #read(): Promise<OnRecord> {
    const ongoing = await ongoingFindings(this.#database, ...this.#watches.map(({ name }) => name));
    return { ongoing, unresolved: await unresolvedOf(this.#database, ongoing) };
  }
}
