import type { Fact, FactRow, Watch } from '../../../detectors/index.js';
import type { Database } from '../../store/index.js';

/** Targets in one statement. */
const TARGETS_AT_ONCE = 50;

/** A statement that takes longer than this is given up by the engine; the watch is tried again later. */
const STATEMENT_SECONDS = 20;

export type TargetFacts = Record<string, FactRow[]>;

interface Known {
  readonly rows: readonly FactRow[];
  /** Unix seconds. */
  readonly askedAt: number;
}

export interface FactsQuestion {
  readonly watch: Watch;
  readonly targetIds: readonly string[];
  /** Unix seconds. */
  readonly until: number;
  /** Targets with an open finding of this watch, and when the first of them was found (Unix seconds). */
  readonly openSince: ReadonlyMap<string, number>;
}

/** Asks the engine for the facts of watches, many targets at once, and keeps answers as long as they are good. */
export class FactReader {
  readonly #database: Database;
  readonly #known = new Map<string, Map<string, Known>>();
  /** Watches ask for the same: answers of this run by statement, targets and time. */
  readonly #asked = new Map<string, Promise<ReadonlyMap<string, FactRow[]>>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Ends a run of the watches: the next one asks anew. */
  forget(): void {
    this.#asked.clear();
  }

  /** The facts by target; a target without rows has empty ones. */
  async read(question: FactsQuestion): Promise<ReadonlyMap<string, TargetFacts>> {
    const facts = new Map<string, TargetFacts>(question.targetIds.map((id) => [id, {}]));
    for (const [name, fact] of Object.entries(question.watch.facts)) {
      const rows = await this.#rowsOf(`${question.watch.name} ${name}`, fact, question);
      for (const [id, own] of facts) own[name] = [...(rows.get(id) ?? [])];
    }
    return facts;
  }

  async #rowsOf(key: string, fact: Fact, question: FactsQuestion): Promise<ReadonlyMap<string, readonly FactRow[]>> {
    const known = this.#known.get(key) ?? new Map<string, Known>();
    const live = new Set(question.targetIds);
    for (const id of known.keys()) if (!live.has(id)) known.delete(id);
    const stale = question.targetIds.filter((id) => !isGood(fact, known.get(id), question, id));
    for (const [end, targetIds] of byEnd(fact, stale, question))
      for (let from = 0; from < targetIds.length; from += TARGETS_AT_ONCE) {
        const some = targetIds.slice(from, from + TARGETS_AT_ONCE);
        const rows = await this.#askOnce(fact, some, end);
        for (const id of some) known.set(id, { rows: rows.get(id) ?? [], askedAt: question.until });
      }
    const answer = new Map([...known].map(([id, { rows }]) => [id, rows]));
    if (fact.goodForSeconds !== undefined || fact.frozenByFindings) this.#known.set(key, known);
    return answer;
  }

  #askOnce(fact: Fact, targets: readonly string[], until: number): Promise<ReadonlyMap<string, FactRow[]>> {
    const question = JSON.stringify([fact.sql, fact.lookbackSeconds, until, targets]);
    const asked = this.#asked.get(question) ?? this.#ask(fact, targets, until);
    this.#asked.set(question, asked);
    // One that failed may be asked again by the next watch.
    asked.catch(() => this.#asked.delete(question));
    return asked;
  }

  async #ask(fact: Fact, targets: readonly string[], until: number): Promise<Map<string, FactRow[]>> {
    const rows = await this.#database.query<FactRow & { readonly targetId: string }>(
      `${fact.sql} SETTINGS max_execution_time = ${STATEMENT_SECONDS}`,
      { targets, since: until - fact.lookbackSeconds, until },
    );
    const byTarget = new Map<string, FactRow[]>();
    for (const row of rows) {
      const own = byTarget.get(row.targetId);
      if (own) own.push(row);
      else byTarget.set(row.targetId, [row]);
    }
    return byTarget;
  }
}

function isGood(fact: Fact, known: Known | undefined, { until, openSince }: FactsQuestion, targetId: string): boolean {
  if (known === undefined) return false;
  if (fact.frozenByFindings && openSince.has(targetId)) return true;
  return fact.goodForSeconds !== undefined && until - known.askedAt < fact.goodForSeconds;
}

/** Targets by when their fact ends: a frozen one (after a restart) ends where it ended when the finding came. */
function byEnd(fact: Fact, targetIds: readonly string[], { until, openSince }: FactsQuestion): Map<number, string[]> {
  const groups = new Map<number, string[]>();
  for (const id of targetIds) {
    const from = fact.frozenByFindings ? (openSince.get(id) ?? until) : until;
    const end = Math.floor(Math.min(from, until) - (fact.endsSecondsAgo ?? 0));
    groups.set(end, [...(groups.get(end) ?? []), id]);
  }
  return groups;
}
