import { expect, test } from "vitest";
import type { Raster, Region } from "../../imaging/raster.ts";
import { findFaces } from "./find-faces.ts";

const CROWD = 100;

/** How often the detector looks at a picture of this size in which it sees nobody. */
async function looks(width: number, height: number): Promise<number> {
  const seen: Region[] = [];
  const blank: Raster = { width, height, data: new Uint8Array() };
  const nobody = async (_: Raster, region: Region) => {
    seen.push(region);
    return [];
  };
  await findFaces(blank, CROWD, { detect: nobody, locate: async () => [] });
  return seen.length;
}

test("a strip that is too narrow for a face is looked at once, however long it is", async () => {
  expect(await looks(10_000, 1)).toBe(1);
  expect(await looks(1, 10_000)).toBe(1);
  expect(await looks(10_000, 13)).toBe(1);
});

test("one that may hold small faces is looked through", async () => {
  expect(await looks(2_000, 14)).toBeGreaterThan(5);
  expect(await looks(2_000, 24)).toBeGreaterThan(10);
});
