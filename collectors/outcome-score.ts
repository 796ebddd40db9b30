import { asNumber } from './otlp/conventions/sources.js';

/** What evaluators call a success and a failure, in lower case. */
const LABELS: ReadonlyMap<string, number> = new Map([
  ...['success', 'pass', 'passed', 'true', 'yes', 'correct', 'good', 'relevant', 'factual', 'helpful', 'positive'].map(
    (word) => [word, 1] as const,
  ),
  ...['failure', 'fail', 'failed', 'false', 'no', 'incorrect', 'bad', 'irrelevant', 'hallucinated'].map(
    (word) => [word, 0] as const,
  ),
  ...['unhelpful', 'negative'].map((word) => [word, 0] as const),
]);

/** A score from 0 to 1 or a truth value, else what the label says. A score on another scale is not guessed at: `null`. */
export function scoreOf(score: unknown, label: string | undefined): number | null {
  if (typeof score === 'boolean') return score ? 1 : 0;
  const number = asNumber(score);
  if (number !== undefined && number >= 0 && number <= 1) return number;
  return scoreOfLabel(label);
}

/** What a word says about success; `null` when it is not one of those that say it. */
export function scoreOfLabel(label: string | undefined): number | null {
  return LABELS.get(label?.trim().toLowerCase() ?? '') ?? null;
}
