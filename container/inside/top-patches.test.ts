import { expect, test } from "vitest";
import { floats, type Model, node } from "../../models/importer/onnx.ts";
import { modelOf } from "../../models/importer/testing/model.ts";
import type { FloatTensor } from "../engine/run.ts";
import { openLayerRunner } from "./layer-runner.ts";
import { receptiveFields } from "./receptive-field.ts";
import { patchOf, Ranking } from "./top-patches.ts";

const SIDE = 16;
const SIZE = { width: SIDE, height: SIDE };

/** Units that respond to the red of 3×3 pixels, to the green, to 9 minus the blue, and one that never responds. */
const NET = netOf([
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, -1, 9],
  [0, 0, 0, -1],
]);

test("a unit's nine strongest pictures are sorted and distinct, with the position of the activation", async () => {
  // Twelve pictures, each with a 3×3 square, from darkest to brightest.
  const places = Array.from({ length: 12 }, (_, i) => ({ row: 1 + i, column: 13 - i }));
  const pictures = places.map((at, i) => drawn([{ ...at, channel: 0, value: (i + 1) / 12 }]));
  const ranking = await ranked(pictures);
  const { strongest } = ranking.units()[0]!;
  expect(strongest.map(({ picture }) => picture)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3].map(String));
  for (const { picture, activation, row, column } of strongest) {
    expect({ row, column }).toEqual(places[Number(picture)]);
    expect(activation).toBeCloseTo((9 * (Number(picture) + 1)) / 12, 4);
  }
});

test("a patch is the unit's receptive field in pixels of the picture", async () => {
  const ranking = await ranked([drawn([{ row: 4, column: 9, channel: 1, value: 1 }])]);
  const [peak] = ranking.units()[1]!.strongest;
  const field = receptiveFields(NET.graph)("units");
  expect(patchOf(peak!, field, SIZE)).toEqual({ left: 8, top: 3, width: 3, height: 3 });
  expect(patchOf(peak!, "everything", SIZE)).toEqual({ left: 0, top: 0, ...SIZE });
  expect(patchOf(peak!, field, { width: 2, height: SIDE })).toEqual({ left: 0, top: 3, width: 2, height: 3 });
});

test("activations from padding count only if requested", async () => {
  // All blue, with a slightly darker square in the middle. Windows that extend past the border see less blue.
  const picture = drawn([], { channel: 2, value: 1 });
  for (let y = 7; y < 10; y++) for (let x = 7; x < 10; x++) picture.data[2 * SIDE * SIDE + y * SIDE + x] = 0.7;
  const [inside, border] = await Promise.all([ranked([picture]), ranked([picture], { border: true })]);
  expect(inside.units()[2]!.strongest[0]).toMatchObject({ row: 8, column: 8 });
  const { row, column } = border.units()[2]!.strongest[0]!;
  expect([0, SIDE - 1]).toContain(row);
  expect([0, SIDE - 1]).toContain(column);
});

test("a unit that responds to few pictures is more selective, and a unit that never responds is left out", async () => {
  const pictures = Array.from({ length: 20 }, (_, i) =>
    drawn([
      { row: 3, column: 3, channel: 0, value: i < 9 ? 1 : 0.1 },
      { row: 9, column: 9, channel: 1, value: 1 },
    ]),
  );
  const ranking = await ranked(pictures);
  const units = ranking.units();
  expect(units[0]!.selectivity).toBeCloseTo(1 / ((9 + 11 * 0.1) / 20), 4);
  expect(units[1]!.selectivity).toBeCloseTo(1, 4);
  expect(units[3]).toEqual({ unit: 3, selectivity: 0, strongest: [] });
  expect(ranking.mostSelective(2).map(({ unit }) => unit)).toEqual([0, 1]);
  expect(ranking.mostSelective(9)).toHaveLength(3);
});

test("a layer without units is rejected", () => {
  const ranking = new Ranking({ fieldOf: () => "everything" });
  const values: FloatTensor = { shape: [1, 10, 4], data: new Float32Array(40) };
  expect(() => ranking.add("a", SIZE, values)).toThrow("[1, 10, 4]");
});

async function ranked(pictures: readonly FloatTensor[], options: { border?: boolean } = {}): Promise<Ranking> {
  const field = receptiveFields(NET.graph)("units");
  const ranking = new Ranking({ fieldOf: () => field, ...options });
  const runner = await openLayerRunner(NET, "units");
  for (const [i, picture] of pictures.entries()) ranking.add(String(i), SIZE, await runner.run(picture));
  await runner.release();
  return ranking;
}

/** A picture of one color with 3×3 squares at the given positions. */
function drawn(
  squares: readonly { row: number; column: number; channel: number; value: number }[],
  background = { channel: 2, value: 0 },
): FloatTensor {
  const data = new Float32Array(3 * SIDE * SIDE);
  data.fill(background.value, background.channel * SIDE * SIDE, (background.channel + 1) * SIDE * SIDE);
  for (const { row, column, channel, value } of squares)
    for (let y = row - 1; y <= row + 1; y++)
      for (let x = column - 1; x <= column + 1; x++) data[(channel * SIDE + y) * SIDE + x] = value;
  return { shape: [1, 3, SIDE, SIDE], data };
}

/** A 3×3 convolution with ReLU, whose weights are equal at all positions: [red, green, blue, bias] for each unit. */
function netOf(units: readonly (readonly [number, number, number, number])[]): Model {
  const kernel = Float32Array.from(
    units.flatMap(([...weights]) => weights.slice(0, 3).flatMap((w) => Array(9).fill(w))),
  );
  const bias = Float32Array.from(units, ([, , , b]) => b);
  const window = { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] };
  return modelOf({
    nodes: [node("Conv", ["x", "kernel", "bias"], "sums", window), node("Relu", ["sums"], "units")],
    initializers: [floats("kernel", [units.length, 3, 3, 3], kernel), floats("bias", [units.length], bias)],
  });
}
