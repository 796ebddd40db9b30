import { type Static, Type } from 'typebox';
import { SURFACES } from '../../model/index.js';
import { oneOf } from './common.js';

const SurfaceName = oneOf(SURFACES);
const Counts = Type.Object({ n: Type.Integer(), failures: Type.Integer() });

const SurfaceAttribution = Type.Union([
  Type.Object({ kind: Type.Literal('single'), surface: SurfaceName }),
  Type.Object({
    kind: Type.Literal('attributed'),
    total: Type.Number(),
    bySurface: Type.Record(Type.String(), Type.Number(), { description: 'Proportions that sum to the total' }),
  }),
  Type.Object({
    kind: Type.Literal('not_identifiable'),
    confounded: Type.Array(SurfaceName),
    revertOneArms: Type.Array(Type.Object({ reverted: SurfaceName, changed: Type.Array(SurfaceName) }), {
      description: 'Arms that would tell: each holds all changes but one',
    }),
  }),
]);

export const MetricAttribution = Type.Object({
  metric: Type.String(),
  sentence: Type.String(),
  surfaces: SurfaceAttribution,
  total: Type.Number({ description: 'Candidate minus baseline failure rate: mix + behaviour' }),
  mix: Type.Number({ description: 'From other requests' }),
  behaviour: Type.Number({ description: 'From other answers to the same kind of requests' }),
  strata: Type.Array(
    Type.Object({ stratum: Type.String(), baseline: Counts, candidate: Counts, behaviour: Type.Number() }),
  ),
});

export const AttributionAnswer = Type.Object({
  rolloutId: Type.String(),
  metrics: Type.Array(MetricAttribution, { description: 'Blamed metrics; all that both arms have, while none is' }),
});

export type MetricAttribution = Static<typeof MetricAttribution>;
