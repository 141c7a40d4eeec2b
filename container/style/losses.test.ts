import { expect, test } from "vitest";
import type { Picture } from "../../imaging/picture.ts";
import { evaluate } from "../engine/testing/agreement.ts";
import { random, type Tensor, tensor } from "../engine/testing/tensor.ts";
import { input, type Value } from "../engine/value.ts";
import { contentLoss, covarianceOf, gram, momentsLoss, roughness, weightedSum } from "./losses.ts";
import { flat, pictureFrom } from "./testing/pictures.ts";

// gatys-gradient.test.ts tests that J_style and its gradient equal the paper's.

async function run(of: (...inputs: Value[]) => Value, ...inputs: Tensor[]): Promise<number> {
  const value = of(...inputs.map(({ shape }, i) => input(`x${i}`, shape)));
  expect(value.shape).toEqual([]);
  return (await evaluate({ value }, inputs)).value!.data[0]!;
}

test("J_content is half the squared distance, weighted by position", async () => {
  const [ours, theirs, weights] = [random([1, 3, 4, 5], 1), random([1, 3, 4, 5], 2), random([1, 1, 4, 5], 3, 0, 2)];
  let [plain, weighted] = [0, 0];
  for (let c = 0; c < 3; c++)
    for (let i = 0; i < 20; i++) {
      const square = (ours.data[20 * c + i]! - theirs.data[20 * c + i]!) ** 2;
      plain += square / 2;
      weighted += (weights.data[i]! * square) / 2;
    }
  expect(await run(contentLoss, ours, theirs)).toBeCloseTo(plain, 4);
  expect(await run(contentLoss, ours, theirs, weights)).toBeCloseTo(weighted, 4);
});

test("the covariance is the Gram matrix without the means", async () => {
  const features = random([1, 3, 4, 5], 4, 0, 1);
  const means = tensor(
    [3, 1],
    ([c]) => [...features.data.slice(20 * c!, 20 * c! + 20)].reduce((s, v) => s + v, 0) / 20,
  );
  const expected = tensor([3, 3], ([i, j]) => {
    let sum = 0;
    for (let k = 0; k < 20; k++)
      sum += (features.data[20 * i! + k]! - means.data[i!]!) * (features.data[20 * j! + k]! - means.data[j!]!);
    return sum / 20;
  });
  const covariance = covarianceOf(input("x1", [3, 1]), gram(input("x0", [1, 3, 4, 5])));
  const found = (await evaluate({ covariance }, [features, means])).covariance!;
  for (const [i, v] of expected.data.entries()) expect(found.data[i]).toBeCloseTo(v, 6);
});

test("the loss is 0 for equal moments, else half the squared distance relative to the style", async () => {
  const [mean, covariance] = [random([3, 1], 5), random([3, 3], 6)];
  const loss = (m: Value, s: Value, mStyle: Value, sStyle: Value) =>
    momentsLoss({ mean: m, covariance: s }, { mean: mStyle, covariance: sStyle }, { mean: 4, covariance: 0.5 });
  const moved = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.map((v) => v + 1) });
  expect(await run(loss, mean, covariance, mean, covariance)).toBe(0);
  expect(await run(loss, moved(mean), covariance, mean, covariance)).toBeCloseTo((0.5 * 3) / 4, 5);
  expect(await run(loss, mean, moved(covariance), mean, covariance)).toBeCloseTo((0.5 * 9) / 0.5, 5);
});

test("weightedSum multiplies each term by its weight and is undefined without terms", async () => {
  expect(weightedSum([])).toBeUndefined();
  const [a, b] = [random([], 7), random([], 8)];
  const sum = await run(
    (x, y) =>
      weightedSum([
        { value: x, weight: 2 },
        { value: y, weight: -3 },
      ])!,
    a,
    b,
  );
  expect(sum).toBeCloseTo(2 * a.data[0]! - 3 * b.data[0]!, 5);
});

const rough = ({ width, height, data }: Picture) =>
  run(roughness, { shape: [1, 3, height, width], data: Float64Array.from(data) });
/** The roughness of a picture with one step of this color, of length 1, between two halves. */
const step = (color: readonly number[], [width, height]: readonly [number, number]) =>
  rough(
    pictureFrom(width, height, (x, y, c) =>
      x >= width / 2 || y >= height / 2 ? 0.5 + color[c]! / Math.hypot(...color) : 0.5,
    ),
  );

test("a picture of one color has no roughness", async () => {
  expect(await rough(flat(9, 7, [0.9, 0.2, 0.4]))).toBeLessThan(1e-10);
});

test("a step in luma costs its square, and a step in chroma costs several times as much", async () => {
  // Four rows cross the edge of height 0.4 in three channels, and there are 3·4·6 numbers. There is no edge in the
  // other direction.
  const right = pictureFrom(6, 4, (x) => (x >= 3 ? 0.7 : 0.3));
  expect(await rough(right)).toBeCloseTo((4 * 3 * 0.4 ** 2) / 72, 6);
  const down = pictureFrom(4, 6, (_x, y) => (y >= 3 ? 0.7 : 0.3));
  expect(await rough(down)).toBeCloseTo((4 * 3 * 0.4 ** 2) / 72, 6);
  const [luma, redBlue, magentaGreen] = await Promise.all(
    [
      [1, 1, 1],
      [1, 0, -1],
      [1, -2, 1],
    ].map((color) => step(color, [8, 8])),
  );
  expect(redBlue! / luma!).toBeGreaterThanOrEqual(4);
  expect(magentaGreen! / redBlue!).toBeCloseTo(1, 4);
});
