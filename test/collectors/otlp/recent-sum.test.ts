import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecentSum } from '../../../collectors/otlp/recent-sum.js';

const WINDOW_MS = 2_000;
const SLOT_MS = WINDOW_MS / 20;

it('holds what was added within the window, and of what is older at most one slot', () => {
  const steps = fc.array(fc.record({ afterMs: fc.nat({ max: 3_000 }), amount: fc.nat() }), { minLength: 1 });
  fc.assert(
    fc.property(fc.nat(), steps, (startMs, additions) => {
      const sum = new RecentSum(WINDOW_MS);
      const added: { readonly atMs: number; readonly amount: number }[] = [];
      let nowMs = startMs;
      for (const { afterMs, amount } of additions) {
        nowMs += afterMs;
        sum.add(nowMs, amount);
        added.push({ atMs: nowMs, amount });
        const within = (ms: number) =>
          added.filter(({ atMs }) => atMs >= nowMs - ms).reduce((total, one) => total + one.amount, 0);
        expect(sum.at(nowMs)).toBeGreaterThanOrEqual(within(WINDOW_MS));
        expect(sum.at(nowMs)).toBeLessThanOrEqual(within(WINDOW_MS + SLOT_MS));
      }
    }),
  );
});
