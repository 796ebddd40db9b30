import { type Shape, shapeOf } from '../wire/shape.js';
import type { AllSources, Source } from './convention.js';
import { everyField } from './fields.js';
import type { ModelCall } from './model-call.js';
import { type StandingKey, standingKeyOf } from './standing.js';

/** What of a call its shape does not tell. */
interface Beside {
  readonly events: boolean;
  readonly parent: boolean;
}

/** How the calls of a shape are read. */
export interface Plan {
  readonly sources: AllSources;
  /** `null` when the standing fields must be read for every call. */
  readonly standing: StandingKey | null;
}

/** One for each combination of {@link Beside}. */
const PLANS = new WeakMap<Shape, (Plan | undefined)[]>();

/**
 * The sources that can give anything for a call, out of all, in their order. Spans of one shape have the same, so that
 * reading a field is one or two lookups and not a miss for every name that any client has for it.
 */
export function planOf(call: ModelCall, all: AllSources): Plan {
  const shape = shapeOf(call.span.attributes);
  if (shape === null) return { sources: all, standing: null };
  const beside = { events: call.logs.length > 0 || call.span.events.length > 0, parent: call.parent !== null };
  const index = Number(beside.events) + 2 * Number(beside.parent);
  const plans = PLANS.get(shape) ?? [];
  const known = plans[index];
  if (known !== undefined) return known;
  const sources = selectSources(all, shape, beside);
  const plan = { sources, standing: standingKeyOf(sources, shape) };
  plans[index] = plan;
  PLANS.set(shape, plans);
  return plan;
}

function selectSources(all: AllSources, shape: Shape, beside: Beside): AllSources {
  const canGive = (source: Source<unknown>): boolean => {
    const { reads } = source;
    if (reads === undefined || reads.resource !== undefined) return true;
    if (reads.events && beside.events) return true;
    if (reads.parent !== undefined && beside.parent) return true;
    if (reads.attributes?.some((name) => shape.has(name))) return true;
    return reads.prefixes?.some((prefix) => shape.hasPrefix(prefix)) ?? false;
  };
  return everyField((field) => all[field].filter(canGive));
}
