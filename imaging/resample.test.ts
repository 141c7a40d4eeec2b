import fc from "fast-check";
import { expect, test } from "vitest";
import { batchOf, type PixelContract, planeOffsets, planesAt } from "./planes.ts";
import { type Raster, type Region, wholeOf } from "./raster.ts";
import { letterbox, resample } from "./resample.ts";

const size = fc.integer({ min: 1, max: 40 });
const raster: fc.Arbitrary<Raster> = fc
  .tuple(size, size)
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: 4 * width * height, maxLength: 4 * width * height })
      .map((data) => ({ width, height, data })),
  );
const plain = (width: number, height: number): PixelContract => ({ channels: "RGB", width, height, mean: 0, scale: 1 });

/** The mean of channel `c` over [x0, x1) × [y0, y1), pixel by pixel, weighted by the covered share; black beyond. */
function naiveMean({ width, height, data }: Raster, c: number, x0: number, y0: number, x1: number, y1: number): number {
  let sum = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const share =
        Math.max(0, Math.min(x1, x + 1) - Math.max(x0, x)) * Math.max(0, Math.min(y1, y + 1) - Math.max(y0, y));
      sum += share * data[4 * (y * width + x) + c]!;
    }
  }
  return sum / ((x1 - x0) * (y1 - y0));
}

/** Bilinear between pixel centers. Edge pixels extend to the picture's edge; black beyond. */
function naiveBilinear({ width, height, data }: Raster, c: number, x: number, y: number): number {
  if (x < 0 || y < 0 || x >= width || y >= height) return 0;
  let sum = 0;
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      const u = Math.max(0, 1 - Math.abs(Math.max(0.5, Math.min(width - 0.5, x)) - (i + 0.5)));
      const v = Math.max(0, 1 - Math.abs(Math.max(0.5, Math.min(height - 0.5, y)) - (j + 0.5)));
      sum += u * v * data[4 * (j * width + i) + c]!;
    }
  }
  return sum;
}

test("shrinking gives the mean of each source area, with black beyond the edges", () => {
  const part = fc.double({ min: -0.5, max: 0.5, noNaN: true });
  fc.assert(
    fc.property(raster, part, part, fc.double({ min: 1.6, max: 4, noNaN: true }), (source, dx, dy, step) => {
      const [width, height] = [Math.ceil(source.width / step), Math.ceil(source.height / step)];
      const region = { x: dx * source.width, y: dy * source.height, width: width * step, height: height * step };
      const planes = planesAt(batchOf(1, plain(width, height)), 0, plain(width, height));
      resample(source, region, planes);
      expectPlanes(planes.data, width, height, (c, x, y) => {
        const left = region.x + x * step;
        const top = region.y + y * step;
        return naiveMean(source, c, left, top, left + step, top + step);
      });
    }),
    { numRuns: 40 },
  );
});

test("enlarging and slight shrinking interpolate between pixel centers", () => {
  const region = fc.record({
    x: fc.double({ min: -10, max: 10, noNaN: true }),
    y: fc.double({ min: -10, max: 10, noNaN: true }),
    width: fc.double({ min: 1, max: 29, noNaN: true }),
    height: fc.double({ min: 1, max: 29, noNaN: true }),
  });
  fc.assert(
    fc.property(raster, region, (source, region: Region) => {
      const planes = planesAt(batchOf(1, plain(20, 20)), 0, plain(20, 20));
      resample(source, region, planes);
      expectPlanes(planes.data, 20, 20, (c, x, y) =>
        naiveBilinear(
          source,
          c,
          region.x + ((x + 0.5) * region.width) / 20,
          region.y + ((y + 0.5) * region.height) / 20,
        ),
      );
    }),
    { numRuns: 40 },
  );
});

test("a letterboxed picture keeps its aspect ratio in the top-left corner, and black fills the rest", () => {
  const contract: PixelContract = { channels: "RGB", width: 8, height: 6, mean: 127, scale: 128 };
  const planes = planesAt(batchOf(1, contract), 0, contract);
  const white = { width: 4, height: 12, data: new Uint8Array(4 * 4 * 12).fill(255) };
  expect(letterbox(white, wholeOf(white), planes)).toBe(0.5);
  for (let y = 0; y < 6; y++) {
    for (let x = 0; x < 8; x++) expect(planes.data[y * 8 + x]).toBeCloseTo(x < 2 ? 1 : -127 / 128, 6);
  }
});

test("a strip of one pixel's height still gets one row", () => {
  const contract = plain(320, 240);
  const planes = planesAt(batchOf(1, contract), 0, contract);
  const strip = { width: 10_000, height: 1, data: new Uint8Array(40_000).fill(90) };
  letterbox(strip, wholeOf(strip), planes);
  expect(planes.data[0]).toBeGreaterThan(0);
  expect(planes.data.every(Number.isFinite)).toBe(true);
});

test("channel order, mean and scale follow the contract", () => {
  const red = { width: 1, height: 1, data: Uint8Array.of(255, 0, 0, 255) };
  for (const channels of ["RGB", "BGR"] as const) {
    const contract = { channels, width: 1, height: 1, mean: 127.5, scale: 127.5 };
    const planes = planesAt(batchOf(2, contract), 1, contract);
    resample(red, wholeOf(red), planes);
    const [r, g, b] = planeOffsets(planes).map((at) => planes.data[at]);
    expect([r, g, b]).toEqual([1, -1, -1]);
    expect(planes.data[channels === "RGB" ? 3 : 5]).toBe(1);
  }
});

function expectPlanes(
  data: Float32Array,
  width: number,
  height: number,
  expected: (channel: number, x: number, y: number) => number,
): void {
  let worst = 0;
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        worst = Math.max(worst, Math.abs(data[(c * height + y) * width + x]! - expected(c, x, y)));
      }
    }
  }
  expect(worst).toBeLessThan(0.01);
}
