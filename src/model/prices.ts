import type { Cost, TokenCounts } from './generation.js';

/** What a model's tokens cost, in US dollars per million. */
export interface ModelPrice {
  /** Name of the model; a `*` stands for anything, so that dated versions need no line of their own. */
  readonly model: string;
  readonly inputUsd: number;
  /** Input that the provider had cached; as other input when it is left out. */
  readonly cachedUsd?: number;
  /** Reasoning is output. */
  readonly outputUsd: number;
}

const MILLION = 1e6;

/**
 * List prices of the providers' standard tier as they were published in November 2025, for text. Contracts, tiers by context size,
 * batches and regions differ: an entry of one's own comes first. The first entry that fits a model counts.
 */
export const LIST_PRICES: readonly ModelPrice[] = [
  { model: 'gpt-5-nano*', inputUsd: 0.05, cachedUsd: 0.005, outputUsd: 0.4 },
  { model: 'gpt-5-mini*', inputUsd: 0.25, cachedUsd: 0.025, outputUsd: 2 },
  { model: 'gpt-5-pro*', inputUsd: 15, outputUsd: 120 },
  { model: 'gpt-5*', inputUsd: 1.25, cachedUsd: 0.125, outputUsd: 10 },
  { model: 'gpt-4.1-nano*', inputUsd: 0.1, cachedUsd: 0.025, outputUsd: 0.4 },
  { model: 'gpt-4.1-mini*', inputUsd: 0.4, cachedUsd: 0.1, outputUsd: 1.6 },
  { model: 'gpt-4.1*', inputUsd: 2, cachedUsd: 0.5, outputUsd: 8 },
  { model: 'gpt-4o-mini-20*', inputUsd: 0.15, cachedUsd: 0.075, outputUsd: 0.6 },
  { model: 'gpt-4o-mini', inputUsd: 0.15, cachedUsd: 0.075, outputUsd: 0.6 },
  { model: 'gpt-4o-2024-05-13', inputUsd: 5, outputUsd: 15 },
  { model: 'gpt-4o-20*', inputUsd: 2.5, cachedUsd: 1.25, outputUsd: 10 },
  { model: 'gpt-4o', inputUsd: 2.5, cachedUsd: 1.25, outputUsd: 10 },
  { model: 'o4-mini*', inputUsd: 1.1, cachedUsd: 0.275, outputUsd: 4.4 },
  { model: 'o3-mini*', inputUsd: 1.1, cachedUsd: 0.55, outputUsd: 4.4 },
  { model: 'o3-pro*', inputUsd: 20, outputUsd: 80 },
  { model: 'o3-20*', inputUsd: 2, cachedUsd: 0.5, outputUsd: 8 },
  { model: 'o3', inputUsd: 2, cachedUsd: 0.5, outputUsd: 8 },
  { model: '*claude-opus-4-5*', inputUsd: 5, cachedUsd: 0.5, outputUsd: 25 },
  { model: '*claude-opus-4*', inputUsd: 15, cachedUsd: 1.5, outputUsd: 75 },
  { model: '*claude-sonnet-4*', inputUsd: 3, cachedUsd: 0.3, outputUsd: 15 },
  { model: '*claude-haiku-4-5*', inputUsd: 1, cachedUsd: 0.1, outputUsd: 5 },
  { model: '*claude-3-7-sonnet*', inputUsd: 3, cachedUsd: 0.3, outputUsd: 15 },
  { model: '*claude-3-5-sonnet*', inputUsd: 3, cachedUsd: 0.3, outputUsd: 15 },
  { model: '*claude-3-5-haiku*', inputUsd: 0.8, cachedUsd: 0.08, outputUsd: 4 },
  { model: '*claude-3-haiku*', inputUsd: 0.25, cachedUsd: 0.03, outputUsd: 1.25 },
  { model: 'gemini-2.5-pro', inputUsd: 1.25, cachedUsd: 0.125, outputUsd: 10 },
  { model: 'gemini-2.5-flash-lite', inputUsd: 0.1, cachedUsd: 0.01, outputUsd: 0.4 },
  { model: 'gemini-2.5-flash', inputUsd: 0.3, cachedUsd: 0.03, outputUsd: 2.5 },
  { model: 'gemini-2.0-flash', inputUsd: 0.1, cachedUsd: 0.025, outputUsd: 0.4 },
];

/** Names of models that are remembered with their prices. */
const MAX_KNOWN_MODELS = 1000;

/** {@link priceOf} by one table, with the entry of each model looked for once. */
export function createPricer(
  prices: readonly ModelPrice[],
): (models: readonly string[], tokens: TokenCounts) => Cost | null {
  const known = new Map<string, readonly ModelPrice[]>();
  return (models, tokens) => {
    const key = models.join('\n');
    const entries = known.get(key) ?? models.map((model) => priceFor(prices, model)).filter((price) => price !== null);
    if (known.size >= MAX_KNOWN_MODELS) known.clear();
    known.set(key, entries);
    return costOf(entries[0] ?? null, tokens);
  };
}

/**
 * What a call costs by a price table. `null` when the model is in no entry or a token count is not reported: unknown is
 * unknown, never free. Cached tokens are a part of the input tokens.
 * @param models the served model's name first, then the requested one's; the first that an entry fits counts
 */
export function priceOf(prices: readonly ModelPrice[], models: readonly string[], tokens: TokenCounts): Cost | null {
  return createPricer(prices)(models, tokens);
}

function costOf(price: ModelPrice | null, { input, output, cached }: TokenCounts): Cost | null {
  if (price === null || input === null || output === null) return null;
  const fromCache = Math.min(input, cached ?? 0);
  const usd =
    ((input - fromCache) * price.inputUsd +
      fromCache * (price.cachedUsd ?? price.inputUsd) +
      output * price.outputUsd) /
    MILLION;
  return { usd, source: 'price_table' };
}

function priceFor(prices: readonly ModelPrice[], model: string): ModelPrice | null {
  if (model === '') return null;
  return prices.find((price) => fits(price.model, model)) ?? null;
}

/** `*` stands for any characters. Without a regular expression, so that no pattern can be slow. */
function fits(pattern: string, model: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const name = model.toLowerCase();
  if (rest.length === 0) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const [index, part] of rest.entries()) {
    if (index === rest.length - 1) return name.length >= at + part.length && name.endsWith(part);
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}
