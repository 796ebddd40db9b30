import {
  formatPoints,
  type MetricAttribution,
  type Surface,
  type SurfaceAttribution,
  wordList,
} from '../model/index.js';

/**
 * Which surface did it, in a sentence short enough for a pager; the attribution's own sentence has the rest. Metrics of a
 * rollout share their surfaces: the first, which the gate names first, speaks for all.
 * @returns an empty string when nothing was attributed
 */
export function attributionLine([first]: readonly MetricAttribution[]): string {
  if (first === undefined) return '';
  return `${surfaceWords(first.surfaces)}${mixWords(first)}${stratumWords(first)}.`;
}

function surfaceWords(surfaces: SurfaceAttribution): string {
  switch (surfaces.kind) {
    case 'single':
      return `Only the ${surfaces.surface} was changed`;
    case 'attributed': {
      const [most] = Object.entries(surfaces.bySurface).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
      return most === undefined
        ? 'No changed surface accounts for it'
        : `Mostly the ${most[0]}: ${formatPoints(most[1])} of ${formatPoints(surfaces.total)} points`;
    }
    case 'not_identifiable': {
      const arms = surfaces.revertOneArms.map(({ reverted }) => `with only the ${reverted} taken back`);
      return `Not identifiable: ${together(surfaces.confounded)} changed together; to tell, run arms ${wordList(arms)}`;
    }
  }
}

function together(surfaces: readonly Surface[]): string {
  return wordList(surfaces.map((surface) => `the ${surface}`));
}

/** Other answers to the same requests are the rule; only the exception is worth a word. */
function mixWords({ mix, behaviour }: MetricAttribution): string {
  return Math.abs(mix) > Math.abs(behaviour) ? '; other requests explain more of it than other answers' : '';
}

function stratumWords({ strata }: MetricAttribution): string {
  const [most] = strata;
  return most === undefined || strata.length < 2 ? '' : `; most of it at a context size of ${most.stratum}`;
}
