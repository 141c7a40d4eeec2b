import { expect, test } from "vitest";
import { clamped, colorStatistics, transferColors, withSoftShadows } from "./color.ts";
import { grained } from "./grain.ts";
import { type NetTraits, paintInTiles, preparation } from "./one-pass.ts";
import type { Picture } from "./picture.ts";
import { randomNumbers } from "./random.ts";
import { resize } from "./resize.ts";
import { pictureSurface } from "./surface.ts";

function blots(seed: number, width: number, height: number): Picture {
  const random = randomNumbers(seed);
  return resize({ width: 20, height: 15, data: Float32Array.from({ length: 900 }, random) }, width, height);
}

const traits: NetTraits = { colours: colorStatistics(blots(2, 30, 40)), grain: 0.08, reach: 8 };
const photograph = blots(1, 45, 37);
const own = colorStatistics(photograph);

test("the net's input has the painting's colors and grain, within [0, 1]", () => {
  const expected = clamped(grained(transferColors(photograph, traits.colours), traits.grain));
  const prepared = preparation(own, traits)(photograph, { x: 0, y: 0 });
  expect(prepared.data.some((value) => value === 0 || value === 1)).toBe(true);
  expect(Math.max(...prepared.data.map((value, i) => Math.abs(value - expected.data[i]!)))).toBeLessThan(1e-6);
});

test.each([
  [1, 1],
  [3, 70],
  [45, 37],
])(
  "the net runs on sides that are multiples of 4 and at least 8; the result has the photograph's size: %d×%d",
  async (width, height) => {
    const small = resize(photograph, width, height);
    const painted = { width, height, data: new Float32Array(3 * width * height) };
    await paintInTiles(pictureSurface(small), pictureSurface(painted), {
      own: colorStatistics(small),
      traits: { ...traits, grain: 0 },
      tile: 16,
      run: async (part) => {
        for (const side of [part.width, part.height]) {
          expect(side % 4).toBe(0);
          expect(side).toBeGreaterThanOrEqual(8);
        }
        return { ...part, data: part.data.map((value) => 1 - value) };
      },
    });
    const prepared = clamped(transferColors(small, traits.colours));
    const expected = withSoftShadows({ ...prepared, data: prepared.data.map((value) => 1 - value) }).data;
    expect(Math.max(...painted.data.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-6);
  },
);
