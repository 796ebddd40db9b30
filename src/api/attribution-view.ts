import type { MetricAttribution as MetricFact, SurfaceAttribution } from '../model/index.js';
import type { MetricAttribution } from './schemas.js';

/** An attribution as the API says it. */
export function attributionView({ surfaces, strata, ...attribution }: MetricFact): MetricAttribution {
  return { ...attribution, surfaces: surfacesView(surfaces), strata: [...strata] };
}

function surfacesView(surfaces: SurfaceAttribution): MetricAttribution['surfaces'] {
  switch (surfaces.kind) {
    case 'single':
      return surfaces;
    case 'attributed': {
      const parts = Object.entries(surfaces.bySurface).map(([surface, part]) => [surface, part ?? 0] as const);
      return { ...surfaces, bySurface: Object.fromEntries(parts) };
    }
    case 'not_identifiable':
      return {
        kind: surfaces.kind,
        confounded: [...surfaces.confounded],
        revertOneArms: surfaces.revertOneArms.map(({ reverted, changed }) => ({ reverted, changed: [...changed] })),
      };
  }
}
