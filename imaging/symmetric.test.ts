import fc from "fast-check";
import { expect, test } from "vitest";
import { eigenOf, functionOf, type Matrix3, multiply, transpose } from "./symmetric.ts";

const entry = fc.double({ min: -10, max: 10, noNaN: true });
const symmetric = fc
  .tuple(entry, entry, entry, entry, entry, entry)
  .map(([a, b, c, d, e, f]): Matrix3 => [a, b, c, b, d, e, c, e, f]);

function expectClose(a: Matrix3, b: Matrix3): void {
  for (let i = 0; i < 9; i++) expect(a[i]).toBeCloseTo(b[i]!, 8);
}

test("eigenvectors are orthonormal, and reconstruct the matrix with the eigenvalues", () => {
  fc.assert(
    fc.property(symmetric, (matrix) => {
      const { values, vectors } = eigenOf(matrix);
      expectClose(multiply(vectors, transpose(vectors)), [1, 0, 0, 0, 1, 0, 0, 0, 1]);
      const [a, b, c] = values;
      expectClose(multiply(multiply(vectors, [a, 0, 0, 0, b, 0, 0, 0, c]), transpose(vectors)), matrix);
    }),
  );
});

test("the square of the matrix square root is the matrix", () => {
  fc.assert(
    fc.property(symmetric, (matrix) => {
      const positive = multiply(matrix, matrix);
      const root = functionOf(positive, (value) => Math.sqrt(Math.max(0, value)));
      expectClose(multiply(root, root), positive);
    }),
  );
});
