import { expect, test } from "vitest";
import { evaluate } from "./evaluate-tflite.ts";
import type { TfliteGraph, TfliteOperator } from "./tflite.ts";

// The expected numbers are calculated by hand.

test("CONV_2D with SAME padding puts the odd row and column at the end", () => {
  // A 4×4 map of 1 … 16, a 3×3 kernel of ones, stride 2: the output is 2×2, with one row and column of padding.
  const y = apply({ kind: "CONV_2D", window: { padding: "SAME", strides: [2, 2] } }, [4, 4], {
    1: { shape: [1, 3, 3, 1], data: new Float32Array(9).fill(1) },
    2: { shape: [1], data: Float32Array.of(100) },
  });
  expect(y).toEqual([
    100 + 1 + 2 + 3 + 5 + 6 + 7 + 9 + 10 + 11,
    100 + 3 + 4 + 7 + 8 + 11 + 12,
    100 + 9 + 10 + 11 + 13 + 14 + 15,
    100 + 11 + 12 + 15 + 16,
  ]);
});

test("a kernel is not rotated: its rows apply to the map's rows", () => {
  const y = apply({ kind: "CONV_2D", window: { padding: "VALID", strides: [1, 1] } }, [2, 3], {
    1: { shape: [1, 2, 1, 1], data: Float32Array.of(1, 10) },
    2: { shape: [1], data: Float32Array.of(0) },
  });
  expect(y).toEqual([1 + 40, 2 + 50, 3 + 60]);
});

test("DEPTHWISE_CONV_2D keeps channels separate", () => {
  const y = apply({ kind: "DEPTHWISE_CONV_2D", window: { padding: "VALID", strides: [1, 1] } }, [1, 2, 2], {
    1: { shape: [1, 1, 2, 2], data: Float32Array.of(1, 10, 100, 1000) },
    2: { shape: [2], data: Float32Array.of(0, 0.5) },
  });
  expect(y).toEqual([1 + 300, 20 + 4000 + 0.5]);
});

test("MAX_POOL_2D does not count its padding", () => {
  const y = apply(
    { kind: "MAX_POOL_2D", filter: [2, 2], window: { padding: "SAME", strides: [2, 2] } },
    [3, 3],
    {},
    -10,
  );
  expect(y).toEqual([-5, -4, -2, -1]);
});

/** Applies one operator to a picture with the values `after` + 1, `after` + 2, …: [height, width] or [height, width, channels]. */
function apply(
  operator: Pick<TfliteOperator, "kind"> & Partial<TfliteOperator>,
  [height = 0, width = 0, channels = 1]: number[],
  constants: Record<number, { shape: number[]; data: Float32Array }>,
  after = 0,
): number[] {
  const shape = [1, height, width, channels];
  const graph = {
    tensors: [
      { name: "x", shape },
      ...[1, 2].map((i) => ({ name: `${i}`, shape: [], ...constants[i] })),
      { name: "y", shape: [] },
    ],
    operators: [{ inputs: [0, 1, 2], output: 3, ...operator } as TfliteOperator],
    inputs: [0],
    outputs: [3],
  } satisfies TfliteGraph;
  const data = Float64Array.from({ length: height * width * channels }, (_, i) => after + 1 + i);
  return [...evaluate(graph, { shape, data })[0]!.data];
}
