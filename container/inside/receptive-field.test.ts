import fc from "fast-check";
import { expect, test } from "vitest";
import { FLOAT, floats, type Graph, type Model, type Node, node, type Tensor } from "../../models/importer/onnx.ts";
import { modelOf } from "../../models/importer/testing/model.ts";
import { branchOf } from "./branch.ts";
import { openLayerRunner } from "./layer-runner.ts";
import { layersOf, pixelsSeen, receptiveFields, type WindowField } from "./receptive-field.ts";

/** Adds an operator to a net and returns the name of its output. */
type Step = (net: Net, from: string) => string;

const small = (max: number, min = 1) => fc.integer({ min, max });
const sides = (max: number, min = 1) => fc.tuple(small(max, min), small(max, min));

// Padding keeps windows from shrinking a map, except by their stride, so that no map becomes empty.
const convolution = fc.record({ size: sides(3), strides: sides(2), dilations: sides(2), before: sides(4, 0) }).map(
  ({ size, before, ...window }): Step =>
    (net, from) => {
      const reach = size.map((length, axis) => (length - 1) * window.dilations[axis]!);
      const start = reach.map((most, axis) => Math.min(before[axis]!, most));
      const pads = [...start, ...reach.map((most, axis) => most - start[axis]!)];
      return net.add("Conv", [from, net.kernel([1, 1, ...size])], ints({ kernel_shape: size, pads, ...window }));
    },
);
const transposed = fc.record({ size: sides(3), strides: sides(2) }).map(
  ({ size, strides }): Step =>
    (net, from) =>
      net.add("ConvTranspose", [from, net.kernel([1, 1, ...size])], ints({ kernel_shape: size, strides })),
);
const pool = fc
  .record({ operator: fc.constantFrom("MaxPool", "AveragePool"), size: small(3, 2), strides: sides(2) })
  .map(
    ({ operator, size, strides }): Step =>
      (net, from) =>
        net.add(operator, [from], ints({ kernel_shape: [size, size], strides, pads: Array(4).fill(size - 2) })),
  );
const enlarging = sides(2).map(
  (factors): Step =>
    (net, from) => {
      const scales = net.constant(floats("", [4], Float32Array.of(1, 1, ...factors)));
      const rounding = { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
      return net.add("Resize", [from, "", scales], { mode: "nearest", ...rounding });
    },
);
/**
 * A ReLU follows, because onnxruntime would otherwise fuse the padding into a pooling node, which does not allow pads
 * as wide as its window.
 */
const padding = sides(2, 0).map(
  ([top, left]): Step =>
    (net, from) =>
      net.add("Relu", [net.add("Pad", [from, net.longs([0, 0, top, left, 0, 0, 1, 1])])]),
);
const slice = sides(2, 0).map(
  ([top, left]): Step =>
    (net, from) =>
      net.add("Slice", [from, net.longs([top, left]), net.longs([99, 99]), net.longs([2, 3])]),
);
/** Two branches that are joined: a window that keeps the size, and an elementwise operator. */
const branches = fc.constantFrom("Add", "Concat").map(
  (operator): Step =>
    (net, from) => {
      const window = ints({ kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
      const ways = [net.add("Conv", [from, net.kernel([1, 1, 3, 3])], window), net.add("Relu", [from])];
      if (operator === "Add") return net.add("Add", ways);
      const joined = net.add("Concat", ways, { axis: 1n });
      // Back to one channel.
      return net.add("Conv", [joined, net.kernel([1, 2, 1, 1])], ints({ kernel_shape: [1, 1] }));
    },
);
/** To half the size and back. It needs even sizes, so it comes first. */
const phases: Step = (net, from) => {
  const folded = net.add("SpaceToDepth", [from], { blocksize: 2n });
  const mixed = net.add("Conv", [folded, net.kernel([4, 4, 1, 1])], ints({ kernel_shape: [1, 1] }));
  return net.add("DepthToSpace", [mixed], { blocksize: 2n });
};
const exactOperator = fc.oneof(convolution, pool, padding, branches);
const anyOperator = fc.oneof(exactOperator, transposed, enlarging, slice);
const several = { minLength: 1, maxLength: 3 };

const HEIGHT = 18;
const WIDTH = 14;

test("a unit whose field is inside the picture depends on exactly the pixels of its field", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(exactOperator, several), async (steps) => {
      for (const { down, across } of (await compareFields(steps)).filter(isInsidePicture))
        expect({ down: down.measured, across: across.measured }).toEqual({
          down: down.computed,
          across: across.computed,
        });
    }),
    { numRuns: 60 },
  );
});

test("no unit depends on a pixel outside its field, also at the border and after enlarging or slicing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(anyOperator, several), async (folds, steps) => {
      for (const { down, across } of await compareFields(folds ? [phases, ...steps] : steps))
        for (const { computed, measured } of [down, across]) {
          if (!measured) continue;
          expect(measured.first).toBeGreaterThanOrEqual(computed.first - 1e-9);
          expect(measured.last).toBeLessThanOrEqual(computed.last + 1e-9);
        }
    }),
    { numRuns: 60 },
  );
});

test.each([
  ["enlarged", enlarging],
  ["of a transposed convolution", transposed],
])("a field %s is not larger than the units need", async (_, steps) => {
  for (const step of fc.sample(steps, { numRuns: 12, seed: 1 })) {
    const units = (await compareFields([step])).filter(isInsidePicture);
    for (const axis of ["down", "across"] as const) {
      expect(units.some(({ [axis]: { computed, measured } }) => measured?.first === computed.first)).toBe(true);
      expect(units.some(({ [axis]: { computed, measured } }) => measured?.last === computed.last)).toBe(true);
    }
  }
});

test("two 3×3 convolutions with stride 2 have a receptive field of 7 pixels", () => {
  const net = new Net();
  const [first, second] = [1, 2].map((i) => `conv${i}`) as [string, string];
  const window = ints({ kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  net.nodes.push(node("Conv", ["x", net.kernel([1, 1, 3, 3])], first, window));
  net.nodes.push(node("Conv", [first, net.kernel([1, 1, 3, 3])], second, window));
  const reach = { size: 7, step: 4, center: 0 };
  expect(receptiveFields(net.graph)(second)).toEqual({ down: reach, across: reach });
});

test("global operators see the whole picture, and an unsupported operator is named in the error", () => {
  const net = new Net();
  const pooled = net.add("GlobalAveragePool", ["x"]);
  const scaled = net.add("Mul", ["x", pooled]);
  const strange = net.add("GridSample", [net.add("Relu", ["x"])]);
  const field = receptiveFields(net.graph);
  expect([pooled, scaled].map(field)).toEqual(["everything", "everything"]);
  expect(() => field(strange)).toThrow("GridSample");
  expect(() => field(net.graph.nodes.at(-2)!.outputs[0]!)).not.toThrow();
});

test("layers are the values that depend on the pixels", () => {
  const net = new Net();
  const relu = net.add("Relu", ["x"]);
  const size = net.add("Shape", [relu]);
  net.add("Gather", [size, net.longs([0])]);
  net.add("Identity", [net.kernel([1])]);
  expect(layersOf(net.graph)).toEqual([relu]);
});

test("a unit of concatenated maps has the receptive field of its own branch", () => {
  const net = new Net();
  const narrow = net.add("Conv", ["x", net.kernel([2, 1, 1, 1])], ints({ kernel_shape: [1, 1] }));
  const wide = net.add("Relu", [net.add("Conv", ["x", net.kernel([3, 1, 5, 5])], ints({ kernel_shape: [5, 5] }))]);
  const inner = net.add("Concat", [narrow, wide], { axis: 1n });
  const outer = net.add("Concat", [net.add("MaxPool", [inner], ints({ kernel_shape: [3, 3] })), inner], { axis: 1n });
  expect([0, 4, 5, 6, 7, 9].map((unit) => branchOf(net.graph, outer, unit))).toEqual([
    net.graph.nodes.at(-2)!.outputs[0],
    net.graph.nodes.at(-2)!.outputs[0],
    narrow,
    narrow,
    wide,
    wide,
  ]);
  expect(branchOf(net.graph, wide, 1)).toBe(wide);
});

/** A range of pixels along one axis. */
interface Span {
  first: number;
  last: number;
}

/** The computed receptive field of a unit, and the measured one; `undefined` if the unit depends on no pixel. */
type FieldComparison = Record<"down" | "across", { computed: Span; measured: Span | undefined }>;

function isInsidePicture({ down, across }: FieldComparison): boolean {
  return (
    down.computed.first >= 0 &&
    down.computed.last < HEIGHT &&
    across.computed.first >= 0 &&
    across.computed.last < WIDTH
  );
}

/** The computed field of every unit, and the field measured by changing one pixel at a time. */
async function compareFields(steps: readonly Step[]): Promise<FieldComparison[]> {
  const net = new Net();
  const layer = steps.reduce((from, step) => step(net, from), "x");
  const field = receptiveFields(net.graph)(layer) as WindowField;
  const pixels = HEIGHT * WIDTH;
  // Each picture has one pixel that is much brighter than all others; the last picture is unchanged.
  const data = Float32Array.from({ length: (pixels + 1) * pixels }, (_, i) =>
    Math.floor(i / pixels) === i % pixels ? 1e4 : 1 + (((i % pixels) * 7919) % 31),
  );
  const runner = await openLayerRunner(net.model, layer);
  const { shape, data: values } = await runner.run({ shape: [pixels + 1, 1, HEIGHT, WIDTH], data });
  await runner.release();
  const [, , rows = 0, columns = 0] = shape;
  const area = rows * columns;
  return Array.from({ length: area }, (_, at) => {
    const changing = Array.from({ length: pixels }, (_, i) => i).filter(
      (i) => values[i * area + at] !== values[pixels * area + at],
    );
    const comparisonAlong = (along: "down" | "across", unit: number, of: (pixel: number) => number) => {
      const places = changing.map(of);
      const measured = places.length === 0 ? undefined : { first: Math.min(...places), last: Math.max(...places) };
      return { computed: pixelsSeen(field[along], unit), measured };
    };
    return {
      down: comparisonAlong("down", Math.floor(at / columns), (pixel) => Math.floor(pixel / WIDTH)),
      across: comparisonAlong("across", at % columns, (pixel) => pixel % WIDTH),
    };
  });
}

/** Builds a net with the input x [N, 1, HEIGHT, WIDTH]. The weights are positive, so that nothing cancels out. */
class Net {
  readonly nodes: Node[] = [];
  readonly initializers: Tensor[] = [];

  add(operator: string, inputs: string[], attributes: Parameters<typeof node>[3] = {}): string {
    const name = `v${this.nodes.length}`;
    this.nodes.push(node(operator, inputs, name, attributes));
    return name;
  }

  constant(tensor: Tensor): string {
    const name = `c${this.initializers.length}`;
    this.initializers.push({ ...tensor, name });
    return name;
  }

  kernel(dims: number[]): string {
    const length = dims.reduce((a, b) => a * b, 1);
    return this.constant(
      floats(
        "",
        dims,
        Float32Array.from({ length }, (_, i) => 0.5 + (i % 3) / 3),
      ),
    );
  }

  longs(values: number[]): string {
    return this.constant({ name: "", dims: [values.length], data: BigInt64Array.from(values, BigInt) });
  }

  get graph(): Graph {
    const inputs = [{ name: "x", elementType: FLOAT, dims: ["N", 1, HEIGHT, WIDTH] }];
    return { name: "net", nodes: this.nodes, initializers: this.initializers, inputs, outputs: [] };
  }

  get model(): Model {
    return modelOf(this.graph);
  }
}

function ints(lists: Record<string, readonly number[]>): Record<string, bigint[]> {
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.map(BigInt)]));
}
