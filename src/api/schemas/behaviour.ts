import { type Static, Type } from 'typebox';
import { nullable } from './common.js';

const ShownMove = Type.Object({
  name: Type.String(),
  family: Type.String(),
  label: Type.String(),
  baselineMean: Type.Number(),
  candidateMean: Type.Number(),
  superiority: Type.Number({ description: 'P(a candidate’s output has more of it) + ½ P(as much)' }),
  lower: Type.Number(),
  upper: Type.Number(),
  level: Type.Number(),
});

const Example = Type.Object({ traceId: Type.String(), spanId: Type.String() });

export const Behaviour = Type.Object({
  /** `null` until a first look, which needs outputs of both arms in one bucket. */
  standing: nullable(
    Type.Object({
      baselineN: Type.Integer({ description: 'sampled outputs' }),
      candidateN: Type.Integer(),
      logE: Type.Number(),
      maxLogE: Type.Number(),
      logThreshold: Type.Number(),
      changed: Type.Boolean(),
      features: Type.Array(ShownMove),
      tone: Type.Array(ShownMove),
      examples: Type.Object({ baseline: Type.Array(Example), candidate: Type.Array(Example) }),
    }),
  ),
});
export type Behaviour = Static<typeof Behaviour>;
