import { expect, test } from "vitest";
import type { Raster, Region } from "../../imaging/raster.ts";
import { findFaces } from "./find-faces.ts";

const MAX_FACES = 100;

/** The number of detector runs in a picture of this size without faces. */
async function detectorRuns(width: number, height: number): Promise<number> {
  const regions: Region[] = [];
  const blank: Raster = { width, height, data: new Uint8Array() };
  const findNothing = async (_: Raster, region: Region) => {
    regions.push(region);
    return [];
  };
  await findFaces(blank, MAX_FACES, { detect: findNothing, locate: async () => [] });
  return regions.length;
}

test("a strip that is too narrow for a face takes one detector run, whatever its length", async () => {
  expect(await detectorRuns(10_000, 1)).toBe(1);
  expect(await detectorRuns(1, 10_000)).toBe(1);
  expect(await detectorRuns(10_000, 13)).toBe(1);
});

test("a strip that is wide enough for small faces is searched in tiles", async () => {
  expect(await detectorRuns(2_000, 14)).toBeGreaterThan(5);
  expect(await detectorRuns(2_000, 24)).toBeGreaterThan(10);
});
