import fc from "fast-check";
import { expect, test } from "vitest";
import * as ours from "./linear-algebra.ts";
import { expectAgreement } from "./testing/agreement.ts";
import { at, broadcastAt, random, tensor } from "./testing/tensor.ts";
import { input, ShapeError, type Value } from "./value.ts";

const size = fc.integer({ min: 1, max: 4 });

test("a matrix product broadcasts its leading axes", async () => {
  const leading = fc.constantFrom<[number[], number[]]>(
    [[], []],
    [[2], [2]],
    [[3], []],
    [[], [2, 3]],
    [[2, 1], [3]],
    [
      [1, 3],
      [2, 1],
    ],
  );
  await fc.assert(
    fc.asyncProperty(leading, size, size, size, fc.nat(), ([left, right], m, k, n, seed) =>
      expectAgreement({
        inputs: [random([...left, m, k], seed, 0, 1), random([...right, k, n], seed + 1, 0, 1)],
        operator: ours.matmul,
        reference(a, b) {
          const rank = Math.max(left.length, right.length);
          const batch = Array.from({ length: rank }, (_, i) =>
            Math.max(left[left.length - rank + i] ?? 1, right[right.length - rank + i] ?? 1),
          );
          return tensor([...batch, m, n], (index) => {
            const [i, j] = index.slice(-2) as [number, number];
            let sum = 0;
            for (let t = 0; t < k; t++)
              sum += broadcastAt(a, [...index.slice(0, -2), i, t]) * broadcastAt(b, [...index.slice(0, -2), t, j]);
            return sum;
          });
        },
      }),
    ),
    { numRuns: 25 },
  );
});

test.each([
  ["with the two rules of matmul", (a: Value) => ours.matmul(a, ours.swapLastTwo(a))],
  ["with the single rule of selfProduct", ours.selfProduct],
])("the gradient of a·aᵀ counts both factors: %s", (_, operator) =>
  expectAgreement({
    inputs: [random([2, 3, 5], 7)],
    operator,
    reference: (a) =>
      tensor([2, 3, 3], ([n, i, j]) =>
        [0, 1, 2, 3, 4].reduce((sum, t) => sum + at(a, [n!, i!, t]) * at(a, [n!, j!, t]), 0),
      ),
  }),
);

test("flattenSpace turns the spatial axes into one axis", () =>
  expectAgreement({
    inputs: [random([2, 3, 2, 4], 1)],
    operator: ours.flattenSpace,
    reference: (a) => ({ shape: [2, 3, 8], data: a.data.slice() }),
  }));

test("bilinear resizing interpolates between pixel centers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(size, size),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 7 }),
      fc.nat(),
      ([h, w], height, width, seed) =>
        expectAgreement({
          inputs: [random([2, 1, h, w], seed, 0, 1)],
          operator: (a) => ours.resizeBilinear(a, height, width),
          reference: (a) =>
            tensor([2, 1, height, width], ([n, c, i, j]) => {
              const y = ((i! + 0.5) * h) / height - 0.5;
              const x = ((j! + 0.5) * w) / width - 0.5;
              const pixel = (row: number, column: number) =>
                at(a, [n!, c!, Math.max(0, Math.min(h - 1, row)), Math.max(0, Math.min(w - 1, column))]);
              const [top, left] = [Math.floor(y), Math.floor(x)];
              const [down, right] = [y - top, x - left];
              return (
                (1 - down) * ((1 - right) * pixel(top, left) + right * pixel(top, left + 1)) +
                down * ((1 - right) * pixel(top + 1, left) + right * pixel(top + 1, left + 1))
              );
            }),
        }),
    ),
    { numRuns: 25 },
  );
});

test("shapes that cannot be multiplied are rejected with the operator's name", () => {
  const a = input("a", [2, 3]);
  expect(() => ours.matmul(a, a)).toThrow(
    new ShapeError("MatMul of [2, 3] and [2, 3]: the first has 3 columns but the second has 2 rows."),
  );
  expect(() => ours.matmul(a, input("v", [3]))).toThrow(
    "MatMul of [2, 3] and [3]: both inputs must have at least 2 dimensions.",
  );
  expect(() => ours.matmul(input("p", [2, 1, 3]), input("q", [4, 3, 1]))).toThrow(
    "MatMul of [2, 1, 3] and [4, 3, 1]: their leading axes cannot be broadcast.",
  );
  expect(() => ours.resizeBilinear(a, 4, 4)).toThrow("resizeBilinear of [2, 3]: the shape must be [N, C, H, W].");
  expect(() => ours.flattenSpace(input("v", [3]))).toThrow("flattenSpace of [3]");
});
