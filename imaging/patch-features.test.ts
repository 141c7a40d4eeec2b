import fc from "fast-check";
import { expect, test } from "vitest";
import { opponentOf } from "./opponent.ts";
import { FEATURES, type Patches, patchesOf, type Radius, squaredUnit, withoutEdges } from "./patch-features.ts";
import { squaredDistance } from "./patch-tree.ts";
import type { Picture } from "./picture.ts";

const WIDTH = 9;
const HEIGHT = 7;
const radius = fc.constantFrom<Radius>(1, 2);
const picture = fc
  .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3 * WIDTH * HEIGHT, maxLength: 3 * WIDTH * HEIGHT })
  .map((values): Picture => ({ width: WIDTH, height: HEIGHT, data: Float32Array.from(values) }));
const pixel = fc.nat(WIDTH * HEIGHT - 1);

const distanceOf = (a: Patches, i: number, b: Patches, j: number): number =>
  squaredDistance(a.features, i * FEATURES, b.features, j * FEATURES, 0x7fffffff);

/** The squared distance of two patches, pixel by pixel in RGB. Beyond the edge, the edge pixel is repeated. */
function exactDistance(a: Picture, i: number, b: Picture, j: number, radius: number): number {
  const at = (picture: Picture, c: number, i: number, dx: number, dy: number) => {
    const x = Math.min(WIDTH - 1, Math.max(0, (i % WIDTH) + dx));
    const y = Math.min(HEIGHT - 1, Math.max(0, Math.floor(i / WIDTH) + dy));
    return picture.data[(c * HEIGHT + y) * WIDTH + x]!;
  };
  let sum = 0;
  for (let c = 0; c < 3; c++)
    for (let dy = -radius; dy <= radius; dy++)
      for (let dx = -radius; dx <= radius; dx++) sum += (at(a, c, i, dx, dy) - at(b, c, j, dx, dy)) ** 2;
  return sum;
}

/** Maximum error of a distance: each of 16 features is rounded by at most a half. */
const ROUNDING = 4;

test("the distance of features is never larger than the distance of their patches", () => {
  fc.assert(
    fc.property(picture, picture, pixel, pixel, radius, (a, b, i, j, r) => {
      const found = distanceOf(patchesOf(opponentOf(a), r), i, patchesOf(opponentOf(b), r), j);
      const exact = exactDistance(a, i, b, j, r) * squaredUnit(r);
      expect(Math.sqrt(found)).toBeLessThanOrEqual(Math.sqrt(exact) + ROUNDING);
    }),
  );
});

test("for smooth patches, both distances are nearly equal", () => {
  const slope = fc.double({ min: -0.02, max: 0.02, noNaN: true });
  const smooth = fc.tuple(fc.double({ min: 0.4, max: 0.6, noNaN: true }), slope, slope).map(
    ([level, u, v]): Picture => ({
      width: WIDTH,
      height: HEIGHT,
      data: Float32Array.from(
        { length: 3 * WIDTH * HEIGHT },
        (_, i) => level + u * ((i % WIDTH) - 4) + v * ((Math.floor(i / WIDTH) % HEIGHT) - 3),
      ),
    }),
  );
  const inside = fc.constantFrom(2 * WIDTH + 2, 3 * WIDTH + 4, 4 * WIDTH + 6);
  fc.assert(
    fc.property(smooth, smooth, inside, inside, radius, (a, b, i, j, r) => {
      const found = distanceOf(patchesOf(opponentOf(a), r), i, patchesOf(opponentOf(b), r), j);
      const exact = exactDistance(a, i, b, j, r) * squaredUnit(r);
      // A linear slope has small parts at the third frequency, which is kept, and the fifth, which is not.
      expect(Math.abs(Math.sqrt(found) - Math.sqrt(exact))).toBeLessThan(ROUNDING + 0.01 * Math.sqrt(exact));
    }),
  );
});

test("patches that reach over the edge are farther from black and white than these are from each other", () => {
  const black: Picture = { width: WIDTH, height: HEIGHT, data: new Float32Array(3 * WIDTH * HEIGHT) };
  const white: Picture = { ...black, data: black.data.map(() => 1) };
  for (const r of [1, 2] as const) {
    const [dark, light] = [black, white].map((flat) => patchesOf(opponentOf(flat), r)) as [Patches, Patches];
    const most = distanceOf(dark, 31, light, 31);
    expect(most).toBeGreaterThan(0);
    const cut = withoutEdges(patchesOf(opponentOf(black), r));
    for (let i = 0; i < WIDTH * HEIGHT; i++) {
      const x = i % WIDTH;
      const y = Math.floor(i / WIDTH);
      const edge = x < r || y < r || x >= WIDTH - r || y >= HEIGHT - r;
      expect(distanceOf(dark, 31, cut, i) > 1.2 * most).toBe(edge);
      if (edge) expect(distanceOf(light, 31, cut, i)).toBeGreaterThan(1.2 * most);
    }
  }
});
