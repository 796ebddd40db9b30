import type { ConditionalEProcess } from '../conditional-e-process.js';
import { conditionalLogE, startConditionalEProcess, updateConditionalEProcess } from '../conditional-e-process.js';
import { type ComparedCounts, requireBetween } from '../counts.js';

/** Evidence against one surface: the arm with all its changes, beside an arm in which this one was taken back. */
export interface RevertOneArm {
  readonly process: ConditionalEProcess;
  readonly maxLogE: number;
}

/** For each changed surface the arm "all changes but this one". */
export type RevertOne<Surface extends string> = ReadonlyMap<Surface, RevertOneArm>;

export function startRevertOne<Surface extends string>(changed: readonly Surface[]): RevertOne<Surface> {
  return new Map(changed.map((surface) => [surface, { process: startConditionalEProcess(), maxLogE: 0 }]));
}

/**
 * Adds a block of one comparison: `baseline` is the arm with the surface reverted, `candidate` the one with all changes.
 * @throws RangeError when the surface is not among those that changed, or naming a count that is not one.
 */
export function updateRevertOne<Surface extends string>(
  arms: RevertOne<Surface>,
  surface: Surface,
  block: ComparedCounts,
): RevertOne<Surface> {
  const arm = arms.get(surface);
  if (arm === undefined) throw new RangeError(`${surface} is not a changed surface`);
  const process = updateConditionalEProcess(arm.process, block);
  const maxLogE = Math.max(arm.maxLogE, conditionalLogE(process));
  return new Map([...arms, [surface, { process, maxLogE }]]);
}

/**
 * The surfaces to blame: those whose change makes the answers worse while all others are kept. With an interaction of two,
 * both are blamed.
 *
 * Guarantee: P(any surface whose change does no harm is ever blamed) <= α, however often one looks (each must reach
 * k / α, k surfaces).
 * @throws RangeError unless 0 < alpha < 1.
 */
export function blamedSurfaces<Surface extends string>(arms: RevertOne<Surface>, alpha: number): Surface[] {
  requireBetween('alpha', alpha, 0, 1);
  const threshold = Math.log(arms.size / alpha);
  return [...arms].flatMap(([surface, { maxLogE }]) => (maxLogE >= threshold ? [surface] : []));
}
