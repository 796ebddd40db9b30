import type { Policy } from '../compatibility/judge.js';
import { explainToolChange } from '../contracts/explain.js';
import { type CompatibilityMode, worst } from '../contracts/modes.js';
import {
  compareTools,
  OUTPUT_POLICY,
  TOOL_PARAMETERS_POLICY,
  type ToolChange,
  type ToolContract,
} from '../contracts/tools.js';

/** How a subject's new versions are judged; `null` where nobody has said. */
export interface SubjectRules {
  readonly mode: CompatibilityMode | null;
  readonly policy: Policy | null;
}

/** A comparison of the new definition with one previous version. */
export interface ToolComparison {
  readonly against: number;
  readonly change: ToolChange;
  /** For people, with the counterexample. */
  readonly sentences: readonly string[];
}

export interface ToolVerdict {
  readonly verdict: ToolChange['verdict'];
  readonly mode: CompatibilityMode;
  readonly policy: Policy;
  readonly comparisons: readonly ToolComparison[];
}

/**
 * May this definition follow those? The mode is about calls: BACKWARD, the new code takes calls that were written for an
 * older definition. Output goes the other way, from the new code to those who know the older one, and is judged so.
 *
 * @param previous oldest first; modes that are not transitive look at the last only
 */
export function judgeTool(
  previous: readonly { readonly version: number; readonly definition: ToolContract }[],
  next: ToolContract,
  rules: SubjectRules,
): ToolVerdict {
  const mode = rules.mode ?? TOOL_PARAMETERS_POLICY.mode;
  const policy = rules.policy ?? TOOL_PARAMETERS_POLICY.policy;
  const output = { mode: rules.mode === null ? OUTPUT_POLICY.mode : MIRRORED[mode], policy: OUTPUT_POLICY.policy };
  const looked = mode.endsWith('_TRANSITIVE') ? previous : previous.slice(-1);
  const comparisons = looked.flatMap(({ version, definition }) =>
    compareTools([definition], [next], { mode, policy }, output).changes.map((change) => ({
      against: version,
      change,
      sentences: explainToolChange(change),
    })),
  );
  return { verdict: worst(comparisons.map(({ change }) => change.verdict)), mode, policy, comparisons };
}

const MIRRORED: Readonly<Record<CompatibilityMode, CompatibilityMode>> = {
  NONE: 'NONE',
  BACKWARD: 'FORWARD',
  BACKWARD_TRANSITIVE: 'FORWARD_TRANSITIVE',
  FORWARD: 'BACKWARD',
  FORWARD_TRANSITIVE: 'BACKWARD_TRANSITIVE',
  FULL: 'FULL',
  FULL_TRANSITIVE: 'FULL_TRANSITIVE',
};
