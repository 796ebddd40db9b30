import { isRecord, type Tolerance } from './vector-file.js';

/** What a quantity should have been and what it was. */
export interface Mismatch {
  readonly quantity: string;
  readonly expected: unknown;
  readonly got: unknown;
}

/** Compares numbers within the tolerance and everything else exactly; lists and objects member by member. */
export function mismatches(quantity: string, expected: unknown, got: unknown, tolerance: Tolerance): Mismatch[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(got) || got.length !== expected.length) return [{ quantity, expected, got }];
    return expected.flatMap((item: unknown, index) => mismatches(`${quantity}[${index}]`, item, got[index], tolerance));
  }
  if (isRecord(expected)) {
    if (!isRecord(got)) return [{ quantity, expected, got }];
    return Object.entries(expected).flatMap(([name, item]) =>
      mismatches(`${quantity}.${name}`, item, got[name], tolerance),
    );
  }
  return agrees(expected, got, tolerance) ? [] : [{ quantity, expected, got }];
}

function agrees(expected: unknown, got: unknown, { abs, rel }: Tolerance): boolean {
  const wanted = typeof expected === 'string' ? numeric(expected, got) : expected;
  if (typeof wanted !== 'number' || typeof got !== 'number') return wanted === got;
  return wanted === got || Math.abs(got - wanted) <= abs + rel * Math.abs(wanted);
}

/** Infinity and NaN cannot be written in JSON; files write them as texts. */
function numeric(expected: string, got: unknown): unknown {
  if (typeof got !== 'number') return expected;
  return expected.trim() === '' ? expected : Number(expected.replace(/inf(inity)?$/i, 'Infinity'));
}
