/** A method under test: when does it raise an alarm? */
export interface Rule<State> {
  readonly method: string;
  /** The error rate that the method promises or is meant to have. */
  readonly alpha: number;
  readonly guaranteed: boolean;
  readonly alarms: (state: State) => boolean;
}

/** How often a method raised an alarm at any of its looks although there was nothing to find. */
export interface FalseAlarm {
  readonly scenario: string;
  /** Success rate of the baseline; where it moves, at the start. */
  readonly p: number;
  /** Share of the candidate, or the ramp 1, 5, 10, 25, 50 %. */
  readonly share: number | 'ramp';
  readonly method: string;
  readonly alpha: number;
  readonly rate: number;
  /** Monte-Carlo standard error of the rate. */
  readonly standardError: number;
  readonly runs: number;
  readonly looks: number;
  /** Only for methods that guarantee α: is the rate at most α within three standard errors? */
  readonly ok?: boolean;
}

/** Standard errors by which a measured rate may exceed α: among a hundred rows, chance alone takes some beyond two. */
const TOLERATED_STANDARD_ERRORS = 3;

/** First alarms of several methods over many runs, all on the same data. */
export class AlarmLog<State> {
  readonly #alarms: readonly { readonly rule: Rule<State>; readonly firstLooks: number[] }[];
  readonly #looks: number;
  #silent: readonly { readonly rule: Rule<State>; readonly firstLooks: number[] }[] = [];

  /** @param looks of a run */
  constructor(rules: readonly Rule<State>[], looks: number) {
    this.#alarms = rules.map((rule) => ({ rule, firstLooks: [] }));
    this.#looks = looks;
  }

  /** One run: `advance` brings the state to each look, from 0 on. Ends early when every method has raised its alarm. */
  run(state: State, advance: (look: number) => void): void {
    this.#silent = this.#alarms;
    for (const { firstLooks } of this.#alarms) firstLooks.push(0);
    for (let look = 0; look < this.#looks && this.#silent.length > 0; look++) {
      advance(look);
      for (const one of this.#silent) if (one.rule.alarms(state)) this.#note(one, look);
    }
  }

  #note(one: { readonly rule: Rule<State>; readonly firstLooks: number[] }, look: number): void {
    one.firstLooks[one.firstLooks.length - 1] = look + 1;
    this.#silent = this.#silent.filter((other) => other !== one);
  }

  rows(scenario: { readonly name: string; readonly p: number; readonly share: number | 'ramp' }): FalseAlarm[] {
    return this.#alarms.map(({ rule: { method, alpha, guaranteed }, firstLooks }) => {
      const runs = firstLooks.length;
      const rate = rateWithin(firstLooks, this.#looks);
      const row = {
        scenario: scenario.name,
        p: scenario.p,
        share: scenario.share,
        method,
        alpha,
        rate,
        standardError: standardErrorOf(rate, runs),
        runs,
        looks: this.#looks,
      };
      return guaranteed ? { ...row, ok: isWithin(rate, alpha, runs) } : row;
    });
  }

  /** For each method, the share of runs with an alarm within each number of looks. */
  curves(looks: readonly number[]): AlarmCurve[] {
    return this.#alarms.map(({ rule: { method, alpha }, firstLooks }) => ({
      method,
      alpha,
      looks,
      rates: looks.map((limit) => rateWithin(firstLooks, limit)),
    }));
  }
}

/** How false alarms pile up with the number of looks. */
export interface AlarmCurve {
  readonly method: string;
  readonly alpha: number;
  readonly looks: readonly number[];
  readonly rates: readonly number[];
}

function rateWithin(firstLooks: readonly number[], limit: number): number {
  return firstLooks.filter((look) => look > 0 && look <= limit).length / firstLooks.length;
}

export function standardErrorOf(rate: number, runs: number): number {
  return Math.sqrt((rate * (1 - rate)) / runs);
}

/** Is a measured rate at most α, within Monte-Carlo error? */
export function isWithin(rate: number, alpha: number, runs: number): boolean {
  return rate <= alpha + TOLERATED_STANDARD_ERRORS * standardErrorOf(alpha, runs);
}
