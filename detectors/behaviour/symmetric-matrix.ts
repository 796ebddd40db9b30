/** A square matrix in rows; of a symmetric one only the lower triangle is read. */
export interface SquareMatrix {
  readonly size: number;
  readonly values: Float64Array;
}

export function squareMatrix(size: number): SquareMatrix {
  return { size, values: new Float64Array(size * size) };
}

/** Lower triangle L with L Lᵀ = matrix. @throws RangeError when the matrix is not positive definite. */
export function cholesky({ size, values }: SquareMatrix): SquareMatrix {
  const factor = squareMatrix(size);
  const l = factor.values;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = values[row * size + column] ?? 0;
      for (let k = 0; k < column; k++) sum -= (l[row * size + k] ?? 0) * (l[column * size + k] ?? 0);
      if (column < row) l[row * size + column] = sum / (l[column * size + column] ?? 1);
      else if (sum > 0) l[row * size + row] = Math.sqrt(sum);
      else throw new RangeError(`matrix is not positive definite (row ${row})`);
    }
  }
  return factor;
}

/** x with L x = b, in place. */
export function solveLower({ size, values }: SquareMatrix, b: Float64Array): Float64Array {
  for (let row = 0; row < size; row++) {
    let sum = b[row] ?? 0;
    const offset = row * size;
    for (let k = 0; k < row; k++) sum -= (values[offset + k] ?? 0) * (b[k] ?? 0);
    b[row] = sum / (values[offset + row] ?? 1);
  }
  return b;
}

/** x with Lᵀ x = b, in place. */
export function solveUpper({ size, values }: SquareMatrix, b: Float64Array): Float64Array {
  for (let row = size - 1; row >= 0; row--) {
    let sum = b[row] ?? 0;
    for (let k = row + 1; k < size; k++) sum -= (values[k * size + row] ?? 0) * (b[k] ?? 0);
    b[row] = sum / (values[row * size + row] ?? 1);
  }
  return b;
}

/** ln det of L Lᵀ. */
export function logDeterminant({ size, values }: SquareMatrix): number {
  let sum = 0;
  for (let row = 0; row < size; row++) sum += Math.log(values[row * size + row] ?? 1);
  return 2 * sum;
}
