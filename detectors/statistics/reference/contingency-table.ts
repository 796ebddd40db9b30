import { requireCounts } from '../counts.js';
import { chiSquaredSurvival } from '../special/chi-squared.js';

/** Counts of units by row (arm) and column (category). */
export type ContingencyTable = readonly (readonly number[])[];

/** A chi-squared distributed statistic. Valid for one look at a number of units fixed in advance, not for monitoring. */
export interface ChiSquaredTest {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
}

interface Margins {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly total: number;
}

/** Pearson's χ² without correction. @throws RangeError naming a count that is not one, or a ragged or empty table. */
export function pearsonChiSquared(table: ContingencyTable): ChiSquaredTest {
  return testOf(
    table,
    sumOverCells(table, (observed, expected) => (observed - expected) ** 2 / expected),
  );
}

/** Pearson's χ² with Yates' continuity correction, which exists for tables of two rows and two columns. */
export function yatesChiSquared(table: ContingencyTable): ChiSquaredTest {
  const corrected = (observed: number, expected: number): number => {
    const difference = Math.abs(observed - expected);
    return (difference - Math.min(0.5, difference)) ** 2 / expected;
  };
  return testOf(table, sumOverCells(table, corrected));
}

/** G, the log-likelihood ratio statistic: 2 Σ observed ln(observed / expected). */
export function logLikelihoodRatio(table: ContingencyTable): ChiSquaredTest {
  const term = (observed: number, expected: number): number =>
    observed === 0 ? 0 : 2 * observed * Math.log(observed / expected);
  return testOf(table, Math.max(0, sumOverCells(table, term)));
}

/** χ² of counts against expected counts or shares (scaled to the same total). */
export function goodnessOfFit(counts: readonly number[], expected: readonly number[]): ChiSquaredTest {
  requireCounts('counts', counts);
  if (expected.length !== counts.length) throw new RangeError('expected must be as long as counts');
  const total = counts.reduce((sum, count) => sum + count, 0);
  const expectedTotal = expected.reduce((sum, value) => sum + value, 0);
  let statistic = 0;
  for (const [index, count] of counts.entries()) {
    const mean = ((expected[index] ?? 0) * total) / expectedTotal;
    if (mean > 0) statistic += (count - mean) ** 2 / mean;
    else if (count > 0) statistic = Number.POSITIVE_INFINITY;
  }
  return withP(statistic, counts.length - 1);
}

/** Cramér's V: √(χ² / (N · (smaller number of rows or columns - 1))), 0 to 1. */
export function cramersV(table: ContingencyTable): number {
  const { rows, columns, total } = marginsOf(table);
  const smaller = Math.min(rows.length, columns.length);
  return Math.sqrt(pearsonChiSquared(table).statistic / (total * (smaller - 1)));
}

/** Mutual information of row and column, in nats. */
export function mutualInformation(table: ContingencyTable): number {
  return logLikelihoodRatio(table).statistic / (2 * marginsOf(table).total);
}

/** Theil's U: the share of the uncertainty about one side of the table that knowing the other removes, 0 to 1. */
export function theilsU(table: ContingencyTable, explained: 'row' | 'column'): number {
  const { rows, columns, total } = marginsOf(table);
  let uncertainty = 0;
  for (const count of explained === 'row' ? rows : columns) {
    if (count > 0) uncertainty -= (count / total) * Math.log(count / total);
  }
  return uncertainty === 0 ? 0 : mutualInformation(table) / uncertainty;
}

/** (a d) / (b c) of a table of two rows and two columns; `Infinity` when only b or c is 0, NaN when both products are. */
export function sampleOddsRatio(table: ContingencyTable): number {
  const [[a = 0, b = 0] = [], [c = 0, d = 0] = []] = table;
  return (a * d) / (b * c);
}

function sumOverCells(table: ContingencyTable, term: (observed: number, expected: number) => number): number {
  const { rows, columns, total } = marginsOf(table);
  let sum = 0;
  for (const [i, row] of table.entries()) {
    for (const [j, observed] of row.entries()) {
      const expected = ((rows[i] ?? 0) * (columns[j] ?? 0)) / total;
      if (expected > 0) sum += term(observed, expected);
    }
  }
  return sum;
}

function marginsOf(table: ContingencyTable): Margins {
  const width = table[0]?.length ?? 0;
  const columns = new Array<number>(width).fill(0);
  const rows = table.map((row, i) => {
    requireCounts(`table[${i}]`, row);
    if (row.length !== width) throw new RangeError('table must have rows of equal length');
    for (const [j, count] of row.entries()) columns[j] = (columns[j] ?? 0) + count;
    return row.reduce((sum, count) => sum + count, 0);
  });
  const total = rows.reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new RangeError('table must count at least one unit');
  return { rows, columns, total };
}

function testOf(table: ContingencyTable, statistic: number): ChiSquaredTest {
  return withP(statistic, (table.length - 1) * ((table[0]?.length ?? 0) - 1));
}

function withP(statistic: number, degreesOfFreedom: number): ChiSquaredTest {
  return { statistic, degreesOfFreedom, p: chiSquaredSurvival(statistic, degreesOfFreedom) };
}
