import { blamedGuardrails } from '../../../detectors/statistics/multiplicity/weighted-bonferroni.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';
import { kernelTrajectory } from './conditional-block-eprocess.js';

/** Replays every metric, and rolls back at the first block at which a guardrail is to blame. */
function answer(input: CaseInput): Answer {
  const metrics = input.inner('metrics');
  const lines = metrics.names.map((name) => {
    const metric = metrics.inner(name);
    const { logE } = kernelTrajectory(metric.rows('blocks'), input.numbers('grid'), input.number('psi0', 1));
    return { name, weight: metric.number('weight'), logE };
  });
  const length = Math.max(...lines.map(({ logE }) => logE.length));
  const blamedAt = (block: number): string[] =>
    blamedGuardrails(
      lines.map(({ weight, logE }) => ({ weight, maxLogE: Math.max(...logE.slice(0, block + 1)) })),
      input.number('alpha_R'),
    ).map((index) => lines[index]?.name ?? '');
  const stop = Array.from({ length }, (_, block) => block).find((block) => blamedAt(block).length > 0);
  return quantities({
    rollback_block: () => stop ?? null,
    blamed: () => (stop === undefined ? [] : blamedAt(stop)),
    log_e_at_stop: () => Object.fromEntries(lines.map(({ name, logE }) => [name, logE.at(stop ?? -1)])),
  });
}

export const canaryDecisions: Family = {
  name: 'canary_decisions',
  kinds: [{ needs: ['alpha_R', 'grid', 'metrics'], answer }],
};
