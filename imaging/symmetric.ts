/** A 3×3 matrix, row by row. */
export type Matrix3 = readonly number[];

/** The eigenvalues λ of a symmetric matrix, and its eigenvectors as the columns of U: A = U diag(λ) Uᵀ. */
export interface Eigen3 {
  readonly values: readonly [number, number, number];
  readonly vectors: Matrix3;
}

/** A·B. */
export function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  return Array.from({ length: 9 }, (_, i) => {
    const row = i - (i % 3);
    const column = i % 3;
    return a[row]! * b[column]! + a[row + 1]! * b[column + 3]! + a[row + 2]! * b[column + 6]!;
  });
}

export const transpose = (a: Matrix3): Matrix3 =>
  Array.from({ length: 9 }, (_, i) => a[3 * (i % 3) + Math.floor(i / 3)]!);

const IDENTITY: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const PLANES = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;
/** Each sweep squares the off-diagonal remainder. Five sweeps reach double precision; ten leave a margin. */
const SWEEPS = 10;

/** Cyclic Jacobi: each rotation makes one off-diagonal pair zero. Golub & Van Loan 2013, §8.5. */
export function eigenOf(symmetric: Matrix3): Eigen3 {
  let a = symmetric;
  let vectors = IDENTITY;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const [p, q] of PLANES) {
      const beside = a[3 * p + q]!;
      if (beside === 0) continue;
      const angle = 0.5 * Math.atan2(2 * beside, a[4 * q]! - a[4 * p]!);
      const rotation = [...IDENTITY];
      rotation[4 * p] = rotation[4 * q] = Math.cos(angle);
      rotation[3 * p + q] = Math.sin(angle);
      rotation[3 * q + p] = -Math.sin(angle);
      a = multiply(transpose(rotation), multiply(a, rotation));
      vectors = multiply(vectors, rotation);
    }
  }
  return { values: [a[0]!, a[4]!, a[8]!], vectors };
}

/** U diag(f(λ)) Uᵀ: a function of a symmetric matrix, such as its square root. */
export function functionOf(symmetric: Matrix3, f: (eigenvalue: number) => number): Matrix3 {
  const { values, vectors } = eigenOf(symmetric);
  const scaled = vectors.map((component, i) => component * f(values[i % 3]!));
  return multiply(scaled, transpose(vectors));
}
