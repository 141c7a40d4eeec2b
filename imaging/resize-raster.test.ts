import { expect, test } from "vitest";
import { colorStatistics } from "./color.ts";
import type { Raster } from "./raster.ts";
import { resized, shrunk } from "./resize.ts";

const noise = (width: number, height: number): Raster => ({
  width,
  height,
  data: Uint8Array.from({ length: 4 * width * height }, (_, i) => (i % 4 === 3 ? 255 : (i * 7919) % 256)),
});

test("shrinking keeps the aspect ratio and at least one pixel a side, and never enlarges", () => {
  const sizes = (width: number, height: number) => {
    const small = shrunk(noise(width, height), 50);
    return [small.width, small.height];
  };
  expect(sizes(100, 80)).toEqual([50, 40]);
  expect(sizes(80, 100)).toEqual([40, 50]);
  expect(sizes(400, 2)).toEqual([50, 1]);
  expect(sizes(50, 20)).toEqual([50, 20]);
  const small = noise(3, 2);
  expect(shrunk(small, 50)).toBe(small);
});

test.each([
  [300, 700, 70, 163],
  [90, 160, 60, 150],
  [40, 30, 90, 200],
])("%d×%d to %d×%d: no seam between bands, and the mean color does not change", (w, h, toW, toH) => {
  const flat = { ...noise(w, h), data: new Uint8Array(4 * w * h).fill(200) };
  expect(resized(flat, toW, toH).data.every((value, i) => value === (i % 4 === 3 ? 255 : 200))).toBe(true);
  const [from, to] = [noise(w, h), resized(noise(w, h), toW, toH)].map((raster) => colorStatistics(raster));
  for (const [channel, mean] of from!.mean.entries()) expect(to!.mean[channel]).toBeCloseTo(mean, 2);
  // A linear slope stays linear over all bands.
  const slope = {
    ...noise(w, h),
    data: Uint8Array.from({ length: 4 * w * h }, (_, i) => (255 * Math.floor(i / 4 / w)) / h),
  };
  const rows = Array.from({ length: toH }, (_, y) => resized(slope, toW, toH).data[4 * toW * y]!);
  const steps = rows.slice(2, -1).map((value, i) => value - rows[i + 1]!);
  expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(3);
});
