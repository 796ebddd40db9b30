import { expect, it } from 'vitest';
import { runStorage } from '../../bench/storage/run.js';
import { startEngine, temporaryDirectory } from '../support/engine.js';

it('stores spans with repeating prompts in little more than the Collector needs for them', async () => {
  const database = await startEngine();
  const spans = 2500;
  const report = await runStorage(database, { directory: temporaryDirectory(), spans, seed: 1, onProgress: () => {} });
  const rows = (table: string) => report.full.tables.find((size) => size.table === table)?.rows;
  expect(rows('otel_traces')).toBe(spans);
  expect(rows('generations')).toBe(spans);
  expect(rows('cells')).toBeGreaterThan(0);
  expect(rows('artifacts')).toBeGreaterThan(9);
  expect(report.full.ratio).toBeLessThan(report.full.goal);
  expect(report.none.leeway).toBeLessThan(report.full.leeway / 1.5);
  expect(report.none.sameSpansRatio).toBeGreaterThan(1);
});
