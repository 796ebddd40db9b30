/** A pivot this much smaller than the largest entry means that columns depend on each other. */
const RELATIVE_PIVOT = 1e-10;

/** A column of which no more than this share is left has nothing of its own. */
const INDEPENDENT = 1e-9;

/** Numbers by rows. */
export type Matrix = readonly (readonly number[])[];

/** The inverse of a symmetric positive matrix by Gauss-Jordan elimination with pivots; `null` when it has none. */
export function inverse(matrix: Matrix): number[][] | null {
  const order = matrix.length;
  const scale = Math.max(...matrix.flat().map(Math.abs));
  let rows = matrix.map((row, i) => [...row, ...matrix.map((_, j) => (i === j ? 1 : 0))]);
  for (let column = 0; column < order; column++) {
    rows = [...rows.slice(0, column), ...largestFirst(rows.slice(column), column)];
    const pivotRow = rows[column] ?? [];
    const pivot = pivotRow[column] ?? 0;
    if (!(Math.abs(pivot) > RELATIVE_PIVOT * scale)) return null;
    const unit = pivotRow.map((value) => value / pivot);
    rows = rows.map((row, index) => (index === column ? unit : minus(row, unit, row[column] ?? 0)));
  }
  return rows.map((row) => row.slice(order));
}

function largestFirst(rows: readonly number[][], column: number): number[][] {
  return [...rows].sort((a, b) => Math.abs(b[column] ?? 0) - Math.abs(a[column] ?? 0));
}

/** a - factor · b */
function minus(a: readonly number[], b: readonly number[], factor: number): number[] {
  return a.map((value, index) => value - factor * (b[index] ?? 0));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

/** matrix · vector */
export function times(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => dot(row, vector));
}

/** How many columns are independent: those that Gram-Schmidt leaves longer than rounding could. */
export function rank(columns: Matrix): number {
  const basis: number[][] = [];
  for (const column of columns) {
    const rest = basis.reduce((left, direction) => minus(left, direction, dot(left, direction)), [...column]);
    const length = Math.hypot(...rest);
    if (length > INDEPENDENT * Math.hypot(...column)) basis.push(rest.map((value) => value / length));
  }
  return basis.length;
}
