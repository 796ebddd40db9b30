import type { Surface } from '../../src/model/index.js';
import type { Draws } from './random.js';
import type { Stretch } from './traffic.js';

/** Something that happens beside the calls, seconds since the start. */
export type Event =
  | {
      readonly kind: 'rollout';
      readonly at: number;
      readonly baseline: Partial<Record<Surface, string>>;
      readonly candidate: Partial<Record<Surface, string>>;
      readonly stages?: readonly number[];
      readonly soakSeconds?: number;
    }
  | {
      readonly kind: 'deployment';
      readonly at: number;
      readonly surface: Surface;
      readonly version: string;
      readonly previousVersion: string;
    };

/** What a scenario must lead to. A rollback counts as the finding of each metric that it blames. */
export interface Expected {
  readonly detector: string;
  /** Empty when any will do. */
  readonly surface?: Surface;
  /** Metrics of which one must be named; any when absent. */
  readonly metrics?: readonly string[];
  /** Is an informational finding enough? */
  readonly info?: boolean;
}

/** Traffic of a service that something happens to, or nothing. */
export interface Scenario {
  readonly name: string;
  /** What happens, in a sentence. */
  readonly story: string;
  /** `null`: no incident may open. */
  readonly expected: Expected | null;
  /** Seconds of the event's time. */
  readonly seconds: number;
  /** When that begins which must be found. */
  readonly changeAt: number;
  /** Seconds between two looks of the service. */
  readonly step?: number;
  readonly traffic: (draws: Draws) => readonly Stretch[];
  readonly events?: readonly Event[];
  /** Sends this part of the requests twice. */
  readonly resent?: number;
  /** How late a request arrives after its last call has ended, seconds. */
  readonly lateSeconds?: (draws: Draws) => number;
}
