import type { SURFACES } from '../../../src/model/index.js';
import type { Convention, Source } from './convention.js';
import { ranked, resourceText, text, within } from './sources.js';

/** After everything a span says itself: a deployment-wide default. */
const RESOURCE_RANK = 90;

function versionOf(surface: (typeof SURFACES)[number]): Source<string>[] {
  const name = `leeway.${surface}.version`;
  return [text(name), ranked(RESOURCE_RANK, resourceText(name))];
}

/** The attributes that Leeway defines itself, where no convention has a name. They come before all others. */
export const leeway: Convention = {
  name: 'leeway',
  rank: 0,
  recognitions: [],
  sources: {
    operation: [text('leeway.operation')],
    modelVersion: versionOf('model'),
    promptVersion: versionOf('prompt'),
    toolsVersion: versionOf('tools'),
    contextVersion: versionOf('context'),
    rolloutId: [text('leeway.rollout.id'), ranked(RESOURCE_RANK, resourceText('leeway.rollout.id'))],
    arm: [text('leeway.rollout.arm'), ranked(RESOURCE_RANK, resourceText('leeway.rollout.arm'))],
    shadowOf: [text('leeway.shadow.of')],
    outputSchema: [within('leeway.output.schema')],
  },
};
