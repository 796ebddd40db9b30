/** What the story is about. */

export const TARGET = {
  targetId: 'a1b2c3d4e5f60718',
  service: 'support-bot',
  environment: 'production',
  operation: 'support-triage',
};
export const OTHER_TARGET = {
  targetId: '0718a1b2c3d4e5f6',
  service: 'docs-assistant',
  environment: 'production',
  operation: 'answer-question',
};
export const TRACE_ID = '5b8efff798038103d269b633813fc60c';
export const DIGEST = '3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea';

/** A model may write anything; on the page it stays text. */
export const HOSTILE_TEXT = '<img src=x onerror="window.hostile = true"><script>window.hostile = true</script>';

export const tagged = (value: string) => ({ value, source: 'tagged' as const });
export const versions = (prompt: string, model = 'gpt-4o-2024-11-20') => ({
  model: { value: model, source: 'derived' as const },
  prompt: tagged(prompt),
  tools: { value: DIGEST, source: 'derived' as const },
  context: { value: '', source: 'missing' as const },
});

/** ISO time so many seconds before the page was opened. */
export type SecondsAgo = (seconds: number) => string;
