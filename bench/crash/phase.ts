import type { Database } from '../../src/store/index.js';
import type { LeewayProcess } from '../service/leeway-process.js';
import { settle } from '../service/settle.js';
import type { Stored } from '../service/stored.js';
import type { Load } from './load.js';

/** What a phase did and what was left in the end. */
export interface PhaseReport extends Stored {
  readonly phase: string;
  readonly seconds: number;
  readonly kills: number;
  /** Requests that broke off or were refused, and were sent again. */
  readonly sentAgain: number;
  /** Requests answered 429 or 503. */
  readonly refused: number;
  /** Times the service ended by itself: none may be. */
  readonly unexpectedExits: number;
  /** Segments set aside: none may be. */
  readonly poisoned: number;
  /** What else is worth knowing. */
  readonly notes: readonly string[];
}

export interface PhaseEnd {
  readonly phase: string;
  readonly startedAt: number;
  readonly kills: number;
  readonly load: Load;
  readonly leeway: LeewayProcess;
  /** Opens the store when the service has ended. */
  readonly openStore: () => Promise<Database>;
}

/** Ends the load, and compares what is stored with what was acknowledged. */
export async function endPhase(end: PhaseEnd): Promise<PhaseReport> {
  const { phase, startedAt, kills, load, leeway, openStore } = end;
  await load.stop();
  const { batches, acknowledged, tally } = load;
  const { stored, poisoned, notes } = await settle({ leeway, batches, acknowledged, openStore });
  return {
    phase,
    ...stored,
    seconds: Math.round((Date.now() - startedAt) / 1000),
    kills,
    sentAgain: tally.broken + tally.refused,
    refused: tally.refused,
    unexpectedExits: leeway.unexpectedExits,
    poisoned,
    notes: [...notes, ...tally.problems],
  };
}
