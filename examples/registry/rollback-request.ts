import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Pointer } from './pointer.js';

/** The part of Leeway's rollback request that a prompt registry needs; what else it says is for the log. */
const RollbackRequest = Type.Object({
  type: Type.Literal('leeway.rollback.requested'),
  data: Type.Object({
    target: Type.Object({ operation: Type.String() }),
    from: Type.Object({ prompt: Type.String({ minLength: 1 }) }),
    to: Type.Object({ prompt: Type.String({ minLength: 1 }) }),
  }),
});
export type RollbackRequest = Static<typeof RollbackRequest>;

export function isRollbackRequest(payload: unknown): payload is RollbackRequest {
  return Value.Check(RollbackRequest, payload);
}

/**
 * Where the pointer goes so that nobody is served `from` any more; `null` when nobody is already. It names both
 * versions, so a request that comes late cannot take out a version that was never judged.
 */
export function rolledBack(pointer: Pointer, from: string, to: string): Pointer | null {
  const isTried = pointer.candidate === from && pointer.candidateWeight > 0;
  if (pointer.stable === from) return { stable: to, candidate: from, candidateWeight: 0 };
  return isTried ? { ...pointer, candidateWeight: 0 } : null;
}
