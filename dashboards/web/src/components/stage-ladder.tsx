import { stageName } from '../format.js';

/** The stages of a rollout, and where it is. */
export function StageLadder({ stages, stage }: { stages: readonly number[]; stage: number }) {
  return (
    <ol class="ladder" aria-label="Stages">
      {stages.map((step) => (
        <li
          key={step}
          class={step < stage ? 'passed' : step === stage ? 'current' : ''}
          aria-current={step === stage ? 'step' : undefined}
        >
          {stageName(step)}
        </li>
      ))}
    </ol>
  );
}
