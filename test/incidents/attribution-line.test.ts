import { describe, expect, it } from 'vitest';
import { attributionLine } from '../../src/incidents/index.js';
import type { MetricAttribution } from '../../src/model/index.js';

const attribution = (overrides: Partial<MetricAttribution>): MetricAttribution => ({
  metric: 'compliance',
  sentence: '',
  surfaces: { kind: 'single', surface: 'prompt' },
  total: 0.046,
  mix: 0.002,
  behaviour: 0.044,
  strata: [],
  ...overrides,
});
const stratum = (name: string) => ({
  ...{ stratum: name, baseline: { n: 100, failures: 1 }, candidate: { n: 100, failures: 6 }, behaviour: 0.02 },
});

describe('the line that says which surface did it', () => {
  it('names the only change, and where most of it happens', () => {
    expect(attributionLine([attribution({})])).toBe('Only the prompt was changed.');
    expect(attributionLine([attribution({ strata: [stratum('16k-50k'), stratum('0-4k')] })])).toBe(
      'Only the prompt was changed; most of it at a context size of 16k-50k.',
    );
  });

  it('names the surface that accounts for most, in either direction', () => {
    const surfaces = { kind: 'attributed', bySurface: { tools: 0.004, prompt: 0.042 }, total: 0.046 } as const;
    expect(attributionLine([attribution({ surfaces })])).toBe('Mostly the prompt: +4.2 of +4.6 points.');
  });

  it('says what to run when traffic cannot tell', () => {
    const surfaces: MetricAttribution['surfaces'] = {
      kind: 'not_identifiable',
      confounded: ['prompt', 'tools'],
      revertOneArms: [
        { reverted: 'prompt', changed: ['tools'] },
        { reverted: 'tools', changed: ['prompt'] },
      ],
    };
    expect(attributionLine([attribution({ surfaces })])).toBe(
      'Not identifiable: the prompt and the tools changed together; to tell, run arms with only the prompt taken back and ' +
        'with only the tools taken back.',
    );
  });

  it('does not blame answers for what other requests explain', () => {
    expect(attributionLine([attribution({ mix: 0.04, behaviour: 0.006 })])).toBe(
      'Only the prompt was changed; other requests explain more of it than other answers.',
    );
  });

  it('is empty where nothing was attributed', () => {
    expect(attributionLine([])).toBe('');
  });
});
