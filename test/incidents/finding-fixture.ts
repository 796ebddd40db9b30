import type { FindingDraft } from '../../src/model/index.js';

/** A swapped model, as a watch reports it. */
export function makeDraft(overrides: Partial<FindingDraft> = {}): FindingDraft {
  return {
    detector: 'model_swapped',
    metric: '',
    target: { service: 'support-bot', environment: 'production', operation: 'support-triage' },
    rolloutId: '',
    subject: 'gpt-4o',
    severity: 'warning',
    title: 'The model behind gpt-4o was swapped',
    sentence: 'Calls that ask for gpt-4o were answered by gpt-4o-2024-08-06 and now by gpt-4o-2024-11-20.',
    question: 'Does the same model still answer?',
    method: 'served models, now against before',
    n: { 'calls now': 412 },
    effect: { estimate: 38, lower: 33.2, upper: 43, level: 0.95, unit: 'per cent of the calls' },
    evidence: { logE: Math.log(2000), logThreshold: Math.log(1000) },
    surface: 'model',
    behind: null,
    details: {},
    ...overrides,
  };
}
