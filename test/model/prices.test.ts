import { describe, expect, test } from 'vitest';
import { LIST_PRICES, priceOf } from '../../src/model/index.js';

const tokens = (input: number | null, output: number | null, cached: number | null = null) => ({
  input,
  output,
  cached,
  reasoning: null,
});

describe('the price of a call', () => {
  test('is that of its tokens, cached ones apart', () => {
    expect(priceOf(LIST_PRICES, ['gpt-4o-2024-11-20'], tokens(1_000_000, 0))).toEqual({
      usd: 2.5,
      source: 'price_table',
    });
    expect(priceOf(LIST_PRICES, ['gpt-4o-2024-11-20'], tokens(1000, 200, 400))?.usd).toBeCloseTo(
      (600 * 2.5 + 400 * 1.25 + 200 * 10) / 1e6,
      12,
    );
  });

  test('is that of the served model, and of the requested one when the served one is in no entry', () => {
    expect(priceOf(LIST_PRICES, ['gpt-4o-mini-2024-07-18', 'gpt-4o'], tokens(1e6, 0))?.usd).toBe(0.15);
    expect(priceOf(LIST_PRICES, ['ft:in-house', 'gpt-4o'], tokens(1e6, 0))?.usd).toBe(2.5);
    expect(priceOf(LIST_PRICES, ['us.anthropic.claude-sonnet-4-20250514-v1:0'], tokens(1e6, 0))?.usd).toBe(3);
  });

  test('is unknown, not nothing, for a model without an entry and for counts that nobody reported', () => {
    expect(priceOf(LIST_PRICES, ['gpt-4o-audio-preview', ''], tokens(10, 10))).toBeNull();
    expect(priceOf(LIST_PRICES, ['gpt-4o'], tokens(10, null))).toBeNull();
    expect(priceOf(LIST_PRICES, ['gpt-4o'], tokens(null, 10))).toBeNull();
  });

  test('follows an entry of one’s own before the list', () => {
    const own = [{ model: 'gpt-4o*', inputUsd: 1, outputUsd: 2 }, ...LIST_PRICES];
    expect(priceOf(own, ['GPT-4o'], tokens(1e6, 1e6, 1e6))?.usd).toBe(3);
  });
});
