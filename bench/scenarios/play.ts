import type { Finding, Incident, Surface } from '../../src/model/index.js';
import type { Call } from './call.js';
import { Draws } from './random.js';
import type { Expected, Scenario } from './scenario.js';
import { callsOf, Sessions, shadowOf } from './traffic.js';
import { World } from './world.js';

/** The event's time begins here, a Monday: far enough in the past that no clock of the engine is behind it. */
const START_MS = Date.UTC(2026, 8, 7, 9);

const DEFAULT_STEP_SECONDS = 30;
/** Traffic goes on a little while the last buckets are closed. */
const TAIL_SECONDS = 120;

/** What became of a scenario; one line of the bench. */
export interface Played {
  readonly name: string;
  readonly seed: number;
  readonly expected: string;
  /** What was found: `detector/metric` of findings of incidents, in order; `nothing`. */
  readonly got: string;
  readonly detector: string;
  readonly surface: Surface | '';
  /** Generations and seconds of the event's time from the change to the finding; `null` when it was not found. */
  readonly generationsToFinding: number | null;
  readonly secondsToFinding: number | null;
  readonly incidents: number;
  readonly generations: number;
  readonly ok: boolean;
  readonly sentence: string;
}

/** Plays a scenario through the service, from its first call to the last. */
export async function play(scenario: Scenario, seed: number): Promise<Played> {
  const world = await World.open(START_MS);
  try {
    return await new Performance(scenario, seed, world).run();
  } finally {
    await world.close();
  }
}

interface Waiting {
  readonly atMs: number;
  readonly calls: readonly Call[];
}

class Performance {
  readonly #scenario: Scenario;
  readonly #seed: number;
  readonly #world: World;
  readonly #draws: Draws;
  readonly #sessions: Sessions;
  /** Requests on their way, and outcomes that are not known yet. */
  #underway: Waiting[] = [];
  #unknown: Waiting[] = [];
  #generations = 0;
  #generationsSinceChange = 0;

  constructor(scenario: Scenario, seed: number, world: World) {
    this.#scenario = scenario;
    this.#seed = seed;
    this.#world = world;
    this.#draws = new Draws(seed, 1);
    this.#sessions = new Sessions(new Draws(seed, 2));
  }

  async run(): Promise<Played> {
    const { seconds, step = DEFAULT_STEP_SECONDS, changeAt, expected, events = [] } = this.#scenario;
    const stretches = this.#scenario.traffic(this.#draws);
    let found: Found | null = null;
    for (let second = 0; second < seconds + TAIL_SECONDS && found === null; second += step) {
      const until = Math.min(second + step, seconds);
      for (const event of events) if (event.at >= second && event.at < second + step) await this.#happen(event);
      for (let at = second; at < until; at++) this.#call(stretches, at);
      await this.#deliver(START_MS + (second + step) * 1000);
      await this.#world.look();
      if (expected !== null && second + step > changeAt) found = await this.#search(expected, second + step - changeAt);
    }
    return this.#played(found, await this.#world.incidents(), await this.#world.findings());
  }

  async #happen(event: NonNullable<Scenario['events']>[number]): Promise<void> {
    this.#world.moveTo(START_MS + event.at * 1000);
    await this.#world.happen(event);
  }

  #call(stretches: ReturnType<Scenario['traffic']>, second: number): void {
    const current = stretches.filter(({ from, to }) => second >= from && second < to);
    const served = current.flatMap((stretch) => callsOf(stretch, second, START_MS, this.#draws, this.#sessions));
    const shadows = current.flatMap((stretch) => served.flatMap((call) => shadowOf(call, stretch, this.#draws)));
    const calls = [...served, ...shadows];
    if (calls.length === 0) return;
    this.#generations += calls.length;
    if (second >= this.#scenario.changeAt) this.#generationsSinceChange += calls.length;
    const ended = Math.max(...calls.map(({ atMs, durationMs }) => atMs + durationMs));
    const late = (this.#scenario.lateSeconds?.(this.#draws) ?? 1) * 1000;
    this.#underway.push({ atMs: ended + late, calls });
    if (this.#draws.chance(this.#scenario.resent ?? 0)) this.#underway.push({ atMs: ended + late + 5_000, calls });
    for (const call of calls)
      this.#unknown.push({ atMs: call.atMs + call.durationMs + call.toldAfterMs, calls: [call] });
  }

  /** Sends what has ended by then, in one request a second of the clock, and tells what is known by then. */
  async #deliver(untilMs: number): Promise<void> {
    const arrived = this.#underway.filter(({ atMs }) => atMs < untilMs).sort((a, b) => a.atMs - b.atMs);
    this.#underway = this.#underway.filter(({ atMs }) => atMs >= untilMs);
    for (const { atMs, calls } of arrived) {
      this.#world.moveTo(atMs);
      await this.#world.send(calls);
    }
    this.#world.moveTo(untilMs);
    const known = this.#unknown.filter(({ atMs }) => atMs < untilMs);
    this.#unknown = this.#unknown.filter(({ atMs }) => atMs >= untilMs);
    await this.#world.tell(known.flatMap(({ calls }) => calls));
  }

  async #search(expected: Expected, seconds: number): Promise<Found | null> {
    for (const finding of (await this.#world.findings()).filter((candidate) => isExpected(candidate, expected))) {
      const surface = await this.#world.surfaceOf(finding);
      if (expected.surface !== undefined && surface !== expected.surface) continue;
      return { finding, surface, seconds, generations: this.#generationsSinceChange };
    }
    return null;
  }

  #played(found: Found | null, incidents: readonly Incident[], findings: readonly Finding[]): Played {
    const { name, expected } = this.#scenario;
    const loud = findings.filter(({ severity }) => severity !== 'info');
    const told = found === null || loud.includes(found.finding) ? loud : [...loud, found.finding];
    const got = [...new Set(told.map(({ detector, metric }) => `${detector}/${metric}`))].sort();
    return {
      name,
      seed: this.#seed,
      expected: expected?.detector ?? 'nothing',
      got: got.join(' ') || 'nothing',
      detector: found?.finding.detector ?? '',
      surface: found?.surface ?? '',
      generationsToFinding: found?.generations ?? null,
      secondsToFinding: found?.seconds ?? null,
      incidents: incidents.length,
      generations: this.#generations,
      ok: expected === null ? incidents.length === 0 : found !== null,
      sentence: found?.finding.sentence ?? loud[0]?.sentence ?? '',
    };
  }
}

interface Found {
  readonly finding: Finding;
  readonly surface: Surface | '';
  readonly seconds: number;
  readonly generations: number;
}

function isExpected(finding: Finding, { detector, metrics, info }: Expected): boolean {
  return (
    finding.detector === detector &&
    (info === true || finding.severity !== 'info') &&
    (metrics === undefined || metrics.includes(finding.metric))
  );
}
