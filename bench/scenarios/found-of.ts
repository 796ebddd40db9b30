import type { Played } from './play.js';

/** How often and how soon a scenario was found that must be. */
export interface Found {
  readonly name: string;
  readonly found: number;
  readonly runs: number;
  /** In event time, from when it began; `null` where it never was. */
  readonly medianSeconds: number | null;
  readonly worstSeconds: number | null;
}

/** Of each scenario that must be found, in the order in which they were first played. */
export function foundOf(played: readonly Played[]): Found[] {
  const wanted = played.filter(({ expected }) => expected !== 'nothing');
  return [...new Set(wanted.map(({ name }) => name))].map((name) => {
    const runs = wanted.filter((run) => run.name === name);
    const seconds = runs
      .filter(({ ok }) => ok)
      .flatMap(({ secondsToFinding }) => secondsToFinding ?? [])
      .sort((a, b) => a - b);
    const medianSeconds = seconds[Math.floor((seconds.length - 1) / 2)] ?? null;
    return { name, found: seconds.length, runs: runs.length, medianSeconds, worstSeconds: seconds.at(-1) ?? null };
  });
}
