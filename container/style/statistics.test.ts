import { expect, test } from "vitest";
import { build } from "../engine/build.ts";
import { convolution } from "../engine/convolution.ts";
import { importNet } from "../engine/import.ts";
import { constant, input } from "../engine/value.ts";
import { smallNet } from "../jobs/testing/net.ts";
import { blendStatistics, openFeatures, openStatistics, type StyleStatistics } from "./statistics.ts";
import { striped } from "./testing/pictures.ts";

const net = importNet(smallNet());
const LAYERS = ["fine", "coarse"];

async function statisticsOf(period: number): Promise<StyleStatistics> {
  const picture = striped(24, 18, period);
  const reader = await openStatistics(net, picture, LAYERS, {});
  const found = await reader.read(picture);
  await reader.release();
  return found;
}

test("a layer's statistics are the mean and the Gram matrix of its features over all positions", async () => {
  const picture = striped(24, 18, 7);
  const session = await openFeatures(net, picture, "coarse", {});
  const { features } = await session.run({ x: { shape: [1, 3, 18, 24], data: picture.data } });
  await session.release();
  const { coarse } = await statisticsOf(7);
  const positions = 12 * 9;
  expect(features!.shape).toEqual([1, 6, 9, 12]);
  expect(coarse!.channels).toBe(6);
  const channel = (c: number) => features!.data.subarray(c * positions, (c + 1) * positions);
  for (let i = 0; i < 6; i++) {
    expect(coarse!.mean[i]).toBeCloseTo(channel(i).reduce((sum, v) => sum + v, 0) / positions, 5);
    for (let j = 0; j < 6; j++)
      expect(coarse!.gram[6 * i + j]).toBeCloseTo(
        channel(i).reduce((sum, v, k) => sum + v * channel(j)[k]!, 0) / positions,
        4,
      );
  }
});

test("blended statistics are the weighted mean, also if the weights do not sum to 1", async () => {
  const [a, b] = [await statisticsOf(5), await statisticsOf(11)];
  expect(blendStatistics([{ statistics: a, weight: 0.3 }])).toEqual(a);
  const blend = blendStatistics([
    { statistics: a, weight: 3 },
    { statistics: b, weight: 1 },
  ]);
  for (const layer of LAYERS)
    for (const kind of ["mean", "gram"] as const)
      for (const [i, value] of blend[layer]![kind].entries())
        expect(value).toBeCloseTo(0.75 * a[layer]![kind][i]! + 0.25 * b[layer]![kind][i]!, 6);
  expect(blend.coarse!.channels).toBe(6);
  expect(blend.coarse!.gram).not.toEqual(a.coarse!.gram);
  expect(blendStatistics([])).toEqual({});
});

test("a picture that is too small for a layer is rejected with its size and advice", async () => {
  const kernel = constant(new Float32Array(75).fill(1), [1, 3, 5, 5]);
  const unpadded = importNet(build({ sums: convolution(input("x", [1, 3, 9, 9]), kernel) }));
  await expect(openStatistics(unpadded, { width: 7, height: 4 }, ["sums"], {})).rejects.toThrow(
    /7×4 pixels is too small for the layers sums\. Use a larger picture/,
  );
});
