import type { RemovableKind } from '../../model/index.js';

const KIND_WORDS: Readonly<Record<RemovableKind, string>> = {
  prompt_version: 'Prompt version',
  model: 'Model',
  tools_version: 'Tools version',
  context_version: 'Context version',
  schema: 'Output schema',
  tool: 'Tool',
  tool_field: 'Argument',
};

/** `Tool get_weather` */
export function spell({ kind, name }: { readonly kind: RemovableKind; readonly name: string }): string {
  return `${KIND_WORDS[kind]} ${name}`;
}

export function calls(n: number): string {
  return n === 1 ? '1 call' : `${n} calls`;
}

/** Names that are listed one by one. */
const MAX_LISTED = 3;

/** `a, b, c and 2 more` */
export function listed(names: readonly string[]): string {
  const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : '';
  return names.slice(0, MAX_LISTED).join(', ') + more;
}

const UNITS = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
] as const;

/** `3 min`, `24 h`: in the largest unit of which there are at least two. */
export function duration(seconds: number): string {
  const unit = UNITS.find((one) => seconds >= 2 * one.seconds) ?? { name: 's', seconds: 1 };
  return `${Math.max(0, Math.round(seconds / unit.seconds))} ${unit.name}`;
}
