import { expect, test } from "vitest";
import { type Picture, pictureOf, rasterOf } from "./picture.ts";
import { blankRaster, pictureSurface, rasterSurface } from "./surface.ts";

/** Values that bytes can hold. */
const picture: Picture = { width: 3, height: 2, data: Float32Array.from({ length: 18 }, (_, i) => (i * 13) / 255) };

test.each([
  ["a picture", () => pictureSurface(picture)],
  ["a raster", () => rasterSurface(rasterOf(picture))],
])("parts of %s are read, mirrored beyond its edges", (_, surface) => {
  const { data } = surface().read(1, 1, 4, 3);
  const [a, b, c, d] = [1, 2, 4, 5].map((i) => Math.fround((i * 13) / 255));
  // Columns 1 2 | 1 0, rows 1 | 0 0 of the red plane.
  expect([...data.subarray(0, 4)]).toEqual([c, d, c, Math.fround((3 * 13) / 255)]);
  expect([...data.subarray(4, 8)]).toEqual([a, b, a, 0]);
  expect(surface().read(0, 0, 3, 2).data).toEqual(picture.data);
});

test("pixels written to a raster are clamped, rounded and opaque; others do not change", () => {
  const raster = blankRaster(3, 2);
  rasterSurface(raster).write({ width: 1, height: 1, data: Float32Array.of(-1, 0.501, 7) }, 2, 1);
  expect([...raster.data.subarray(20)]).toEqual([0, 128, 255, 255]);
  expect(raster.data.subarray(0, 20).every((value) => value === 0)).toBe(true);
  const copy = { ...picture, data: new Float32Array(18) };
  pictureSurface(copy).write(picture, 0, 0);
  expect(copy).toEqual(picture);
  rasterSurface(raster).write(picture, 0, 0);
  expect(pictureOf(raster)).toEqual(picture);
});
