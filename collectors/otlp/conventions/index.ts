import type { Span } from '../types.js';
import { type Shape, shapeOf } from '../wire/shape.js';
import type { AllSources, Convention, ConventionFields, Recognition, Source } from './convention.js';
import { askSources, everyField } from './fields.js';
import { langfuse } from './langfuse.js';
import { leeway } from './leeway.js';
import type { ModelCall } from './model-call.js';
import { openInference } from './openinference.js';
import { openLlmetry } from './openllmetry.js';
import { otelGenAi } from './otel-genai.js';
import { planOf } from './plan.js';
import { standingSourcesOf } from './standing.js';
import { vercelAi } from './vercel-ai.js';

/** Every convention that Leeway reads. */
const CONVENTIONS: readonly Convention[] = [leeway, otelGenAi, vercelAi, openInference, openLlmetry, langfuse];

interface NamedRecognition extends Recognition {
  readonly convention: string;
}

const RECOGNITIONS: readonly NamedRecognition[] = CONVENTIONS.flatMap((convention) =>
  convention.recognitions.map((rule) => ({ rank: convention.rank, ...rule, convention: convention.name })),
).sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));

/** The convention by which a span is a generation, or `null` when it is none. The first rule with an opinion decides. */
export function recogniseGeneration(span: Span): string | null {
  const shape = shapeOf(span.attributes);
  for (const rule of shape === null ? RECOGNITIONS : rulesFor(shape)) {
    const isGeneration = rule.isGeneration(span);
    if (isGeneration !== undefined) return isGeneration ? rule.convention : null;
  }
  return null;
}

const RULES = new WeakMap<Shape, readonly NamedRecognition[]>();

/** The rules that may have an opinion on a span of this shape: mostly one, often none. */
function rulesFor(shape: Shape): readonly NamedRecognition[] {
  const known = RULES.get(shape);
  if (known !== undefined) return known;
  const rules = RECOGNITIONS.filter(({ reads }) => reads === undefined || reads.some((name) => shape.has(name)));
  RULES.set(shape, rules);
  return rules;
}

const PARENT_ATTRIBUTES = CONVENTIONS.flatMap((convention) => convention.parentAttributes ?? []);

/** Does a span tell something of the generations right below it? */
export function tellsOfChildren(span: Span): boolean {
  return PARENT_ATTRIBUTES.some((name) => span.attributes.has(name));
}

function merged<Field extends keyof ConventionFields>(field: Field): readonly Source<ConventionFields[Field]>[] {
  const sources = CONVENTIONS.flatMap((convention) => {
    const own: readonly Source<ConventionFields[Field]>[] = convention.sources[field] ?? [];
    return own.map((source) => ({ rank: convention.rank, ...source }));
  });
  return sources.sort((a, b) => a.rank - b.rank);
}

const SOURCES = everyField(merged);

/** A field of a call, from the first source that has it. */
export function readField<Field extends keyof ConventionFields>(
  field: Field,
  call: ModelCall,
): ConventionFields[Field] | undefined {
  call.sources ??= sourcesFor(call);
  return askSources<ConventionFields[Field]>(call.sources[field], call);
}

function sourcesFor(call: ModelCall): AllSources {
  const { sources, standing } = planOf(call, SOURCES);
  call.standing = standing === null ? null : standingSourcesOf(call, standing, sources);
  return call.standing ?? sources;
}

/** Stands for all calls whose standing fields (standing.ts) are this one's; `null` where that is not known. */
export function standingOf(call: ModelCall): object | null {
  call.sources ??= sourcesFor(call);
  return call.standing;
}

/** Every attribute that holds a user's id, on whatever carries attributes: what stands in it is never written. */
export const USER_ID_ATTRIBUTES: ReadonlySet<string> = new Set(
  SOURCES.userId.flatMap(({ reads }) => [...(reads?.attributes ?? []), ...(reads?.resource ?? [])]),
);

/** Where the sources of fields look for them: names of attributes, and beginnings of names. */
export function namesRead(fields: readonly (keyof ConventionFields)[]): {
  readonly names: readonly string[];
  readonly prefixes: readonly string[];
} {
  const reads = fields.flatMap((field) => SOURCES[field].map((source) => source.reads ?? {}));
  return {
    names: reads.flatMap(({ attributes = [], resource = [], parent = [] }) => [...attributes, ...resource, ...parent]),
    prefixes: reads.flatMap(({ prefixes = [] }) => prefixes),
  };
}
