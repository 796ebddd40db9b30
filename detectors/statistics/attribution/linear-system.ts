/** A pivot this much smaller than the largest entry of its column means that columns depend on each other. */
const RELATIVE_PIVOT = 1e-10;

/** A column of which no more than this share is left has nothing of its own. */
const INDEPENDENT = 1e-9;

/** Square matrix by rows. */
export type Matrix = readonly (readonly number[])[];

/** The inverse of a symmetric positive matrix by Gauss-Jordan elimination; `null` when it has none. */
export function inverse(matrix: Matrix): number[][] | null {
  const order = matrix.length;
  const left = matrix.map((row) => [...row]);
  const right = matrix.map((_, i) => matrix.map((_, j) => (i === j ? 1 : 0)));
  const scale = Math.max(...matrix.map((row, i) => Math.abs(row[i] ?? 0)));
  for (let column = 0; column < order; column++) {
    const pivot = largestRow(left, column);
    if (!(Math.abs(left[pivot]?.[column] ?? 0) > RELATIVE_PIVOT * scale)) return null;
    swap(left, pivot, column);
    swap(right, pivot, column);
    eliminate(left, right, column);
  }
  return right;
}

function largestRow(rows: readonly number[][], column: number): number {
  let best = column;
  for (let row = column + 1; row < rows.length; row++) {
    if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[best]?.[column] ?? 0)) best = row;
  }
  return best;
}

function swap(rows: number[][], a: number, b: number): void {
  const [first, second] = [rows[a], rows[b]];
  if (first === undefined || second === undefined) return;
  rows[a] = second;
  rows[b] = first;
}

function eliminate(left: number[][], right: number[][], column: number): void {
  const pivot = left[column]?.[column] ?? 1;
  scaleRow(left[column], 1 / pivot);
  scaleRow(right[column], 1 / pivot);
  for (let row = 0; row < left.length; row++) {
    const factor = left[row]?.[column] ?? 0;
    if (row === column || factor === 0) continue;
    subtractRow(left[row], left[column], factor);
    subtractRow(right[row], right[column], factor);
  }
}

function scaleRow(row: number[] | undefined, factor: number): void {
  for (const [index, value] of (row ?? []).entries()) if (row) row[index] = value * factor;
}

function subtractRow(row: number[] | undefined, other: number[] | undefined, factor: number): void {
  for (const [index, value] of (other ?? []).entries()) if (row) row[index] = (row[index] ?? 0) - factor * value;
}

/** matrix · vector */
export function times(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, value, index) => sum + value * (vector[index] ?? 0), 0));
}

/** How many columns are independent: those that Gram-Schmidt leaves longer than rounding could. */
export function rank(columns: Matrix): number {
  const basis: number[][] = [];
  for (const column of columns) {
    const length = Math.hypot(...column);
    let rest = [...column];
    for (const direction of basis) {
      const along = rest.reduce((sum, value, index) => sum + value * (direction[index] ?? 0), 0);
      rest = rest.map((value, index) => value - along * (direction[index] ?? 0));
    }
    const left = Math.hypot(...rest);
    if (left > INDEPENDENT * length) basis.push(rest.map((value) => value / left));
  }
  return basis.length;
}
