import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Span, VectorSummary } from '../../dashboards/web/src/api/index.js';
import { linearTicks, thinned, timeTicks } from '../../dashboards/web/src/charts/scale.js';
import { trafficBins } from '../../dashboards/web/src/charts/traffic-bins.js';
import { duration, eValue, percent, points, relative } from '../../dashboards/web/src/format.js';
import { treeRows } from '../../dashboards/web/src/span-tree.js';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('numbers are written with the precision they have', () => {
  test.each([
    [0, '0 %'],
    [0.00001, '< 0.01 %'],
    [0.0007, '0.07 %'],
    [0.052, '5.2 %'],
    [0.5, '50.0 %'],
    [1, '100 %'],
  ])('the rate %d is %s', (rate, text) => expect(plain(percent(rate))).toBe(text));

  test.each([
    [0.0432, '+4.3'],
    [-0.0432, '−4.3'],
    [0.0004, '+0.04'],
    [0, '0.0'],
    [-0.0000001, '0.0'],
  ])('the difference %d is %s points', (difference, text) => expect(points(difference)).toBe(text));

  test.each([
    [-20, '< 0.001'],
    [0, '1'],
    [Math.log(12.34), '12.3'],
    [Math.log(1240), '1,240'],
    [Math.log(1.6e8), '1.6 × 10⁸'],
    [2000, '3.9 × 10⁸⁶⁸'],
  ])('the e-value of ln E = %d is %s', (logE, text) => expect(eValue(logE)).toBe(text));

  test.each([
    [0.092, '92 µs'],
    [812, '812 ms'],
    [1240, '1.24 s'],
    [3000, '3 s'],
    [125_000, '2 min 5 s'],
  ])('%d ms is %s', (milliseconds, text) => expect(plain(duration(milliseconds))).toBe(text));

  test('a moment is said from now, in both directions', () => {
    expect(plain(relative(0, 12_000))).toBe('12 s ago');
    expect(plain(relative(180_000, 0))).toBe('in 3 min');
    expect(relative(1_000, 1_400)).toBe('just now');
  });
});

describe('axes', () => {
  test('have round ticks inside the domain, never many more than wanted', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        (low, span) => {
          const ticks = linearTicks([low, low + span], 5);
          const slack = span * 1e-6;
          expect(ticks.length).toBeLessThanOrEqual(7);
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(low - slack);
            expect(tick).toBeLessThanOrEqual(low + span + slack);
          }
        },
      ),
    );
  });

  test('have at most the wanted times, whatever the span', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2e9 }),
        fc.integer({ min: 10, max: 1e8 }),
        fc.integer({ min: 2, max: 20 }),
        (low, span, most) => {
          expect(timeTicks([low, low + span], most).length).toBeLessThanOrEqual(most + 1);
        },
      ),
    );
  });

  test('a long table is thinned with its first and its last row', () => {
    const rows = thinned(
      Array.from({ length: 8640 }, (_, index) => index),
      200,
    );
    expect([rows.length, rows[0], rows.at(-1)]).toEqual([200, 0, 8639]);
  });
});

describe('traffic in bins', () => {
  const vector = (traffic: VectorSummary['traffic']): VectorSummary => {
    const version = { value: '', source: 'missing' as const };
    return {
      targetId: 't',
      vectorId: 'v',
      versions: { model: version, prompt: version, tools: version, context: version },
      firstSeen: '',
      lastSeen: '',
      share: 1,
      generations: 0,
      metrics: [],
      traffic,
    };
  };

  test('counts every bucket of the last hour once, in bins as narrow as the history allows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 350 }), (buckets) => {
        const now = 1_800_000_000;
        const traffic = Array.from({ length: buckets }, (_, index) => ({
          bucket: now - 10 * (index + 1),
          n: index + 1,
        }));
        const { bins, binSeconds } = trafficBins([vector(traffic)], now);
        expect(bins.reduce((sum, bin) => sum + bin.total, 0)).toBe((buckets * (buckets + 1)) / 2);
        expect(binSeconds).toBe(buckets < 59 ? 10 : buckets < 118 ? 20 : buckets < 177 ? 30 : 60);
      }),
    );
  });
});

describe('the tree of a trace', () => {
  const span = (spanId: string, parentSpanId: string): Span => ({
    spanId,
    parentSpanId,
    name: spanId,
    kind: '',
    service: '',
    startTime: '2026-01-01T00:00:00Z',
    durationMs: 1,
    statusCode: '',
    statusMessage: '',
    attributes: {},
    events: [],
  });

  test('has every span exactly once, whatever the parents: unknown, the span itself, a cycle', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const parents = fc.array(fc.constantFrom('', 'missing', ...ids), { minLength: ids.length, maxLength: ids.length });
    fc.assert(
      fc.property(parents, (chosen) => {
        const rows = treeRows(ids.map((id, index) => span(id, chosen[index] ?? '')));
        expect(rows.map((row) => row.span.spanId).sort()).toEqual(ids);
      }),
    );
  });

  test('may be deeper than any call stack', () => {
    const chain = Array.from({ length: 50_000 }, (_, index) => span(`s${index}`, index === 0 ? '' : `s${index - 1}`));
    expect(treeRows(chain)).toHaveLength(50_000);
  });

  test('indents a child below its parent', () => {
    const rows = treeRows([span('child', 'root'), span('root', ''), span('grandchild', 'child')]);
    expect(rows.map(({ span: { spanId }, depth }) => [spanId, depth])).toEqual([
      ['root', 0],
      ['child', 1],
      ['grandchild', 2],
    ]);
  });
});
