import type { Fact, FactRow, Watch, WatchContext } from '../../../detectors/index.js';
import type { Database } from '../../store/index.js';
import { CallSampling, type SampledTargets } from './call-sampling.js';

/** A statement that takes longer than this is given up by the engine; the watch is tried again later. */
const STATEMENT_SECONDS = 40;

/** Most statements read little, so that more threads cost more than they read; those that read much leave others their core. */
const SETTINGS = `SETTINGS max_execution_time = ${STATEMENT_SECONDS}, max_threads = 1`;

/** What a watch knows of a target, and what it must know of how that was read. */
export interface TargetFacts {
  readonly rows: Record<string, FactRow[]>;
  /** Of the calls that facts read one by one, those of one in so many sessions. */
  oneIn: number;
}

interface Known {
  readonly rows: readonly FactRow[];
  /** Unix seconds. */
  readonly askedAt: number;
}

export interface FactsQuestion {
  readonly watch: Watch;
  /** The targets, and what is known of each beside the facts. */
  readonly contexts: ReadonlyMap<string, WatchContext>;
  /** Unix seconds. */
  readonly until: number;
  /** Targets with an open finding of this watch, and when the first of them was found (Unix seconds). */
  readonly openSince: ReadonlyMap<string, number>;
}

/** Asks the engine for the facts of watches, many targets at once, and keeps answers as long as they are good. */
export class FactReader {
  readonly #database: Database;
  readonly #sampling: CallSampling;
  readonly #known = new Map<string, Map<string, Known>>();
  /** Watches ask for the same: answers of this run by statement and time, then by target. */
  readonly #asked = new Map<string, Map<string, readonly FactRow[]>>();

  /** @param maxCalls that one statement looks at one by one */
  constructor(database: Database, maxCalls?: number) {
    this.#database = database;
    this.#sampling = new CallSampling(database, maxCalls);
  }

  /** Ends a run of the watches: the next one asks anew. What is known of targets that are gone is forgotten for good. */
  endRun(live: ReadonlySet<string>): void {
    this.#asked.clear();
    this.#sampling.endRun();
    for (const known of this.#known.values()) for (const id of known.keys()) if (!live.has(id)) known.delete(id);
  }

  /** The facts by target; a target without rows, or without need of them, has empty ones. One call after the other. */
  async read(question: FactsQuestion): Promise<ReadonlyMap<string, TargetFacts>> {
    const facts = new Map<string, TargetFacts>([...question.contexts.keys()].map((id) => [id, { rows: {}, oneIn: 1 }]));
    for (const [name, fact] of Object.entries(question.watch.facts)) {
      const needed = [...question.contexts].filter(
        ([id, context]) => fact.isNeeded?.(facts.get(id)?.rows ?? {}, context) ?? true,
      );
      const targetIds = needed.map(([id]) => id);
      const rows = await this.#rowsOf(`${question.watch.name} ${name}`, fact, targetIds, question);
      for (const [id, own] of facts) {
        own.rows[name] = [...(rows.get(id) ?? [])];
        own.oneIn = Math.max(own.oneIn, this.#sampling.oneIn(fact, question.until, id));
      }
    }
    return facts;
  }

  async #rowsOf(
    key: string,
    fact: Fact,
    targetIds: readonly string[],
    question: FactsQuestion,
  ): Promise<ReadonlyMap<string, readonly FactRow[]>> {
    const known = this.#known.get(key) ?? new Map<string, Known>();
    const stale = targetIds.filter((id) => !isGood(fact, known.get(id), question, id));
    for (const [end, ids] of byEnd(fact, stale, question)) {
      const rows = await this.#ask(fact, ids, end);
      for (const id of ids) known.set(id, { rows: rows.get(id) ?? [], askedAt: question.until });
    }
    if (fact.goodForSeconds !== undefined || fact.frozenByFindings) this.#known.set(key, known);
    return new Map(targetIds.map((id) => [id, known.get(id)?.rows ?? []]));
  }

  async #ask(
    fact: Fact,
    targetIds: readonly string[],
    until: number,
  ): Promise<ReadonlyMap<string, readonly FactRow[]>> {
    const key = JSON.stringify([fact.sql, fact.lookbackSeconds, until]);
    const asked = this.#asked.get(key) ?? new Map<string, readonly FactRow[]>();
    this.#asked.set(key, asked);
    const missing = targetIds.filter((id) => !asked.has(id));
    for (const statement of await this.#sampling.statements(fact, missing, until)) {
      const rows = await this.#query(fact, statement, until);
      for (const id of statement.targetIds) asked.set(id, rows.get(id) ?? []);
    }
    return asked;
  }

  async #query(fact: Fact, { targetIds, every }: SampledTargets, until: number): Promise<Map<string, FactRow[]>> {
    const rows = await this.#database.query<FactRow & { readonly targetId: string }>(`${fact.sql} ${SETTINGS}`, {
      targets: targetIds,
      every,
      since: until - fact.lookbackSeconds,
      until,
    });
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
