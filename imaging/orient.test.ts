import { expect, test } from "vitest";
import { type Orientation, orient } from "./orient.ts";
import type { Raster } from "./raster.ts";

/** A picture of letters, one a pixel, as rows of text. */
function picture(...rows: string[]): Raster {
  const width = rows[0]!.length;
  const data = new Uint8Array(4 * width * rows.length);
  for (const [i, letter] of [...rows.join("")].entries()) data.fill(letter.charCodeAt(0), 4 * i, 4 * i + 4);
  return { width, height: rows.length, data };
}

function rowsOf({ width, height, data }: Raster): string[] {
  return Array.from({ length: height }, (_, y) =>
    String.fromCharCode(...Array.from({ length: width }, (_, x) => data[4 * (y * width + x)]!)),
  );
}

/** How a camera stores the upright picture "abc / def" under each orientation. EXIF 2.32, tag 0x0112. */
const stored: Record<Orientation, string[]> = {
  1: ["abc", "def"],
  2: ["cba", "fed"],
  3: ["fed", "cba"],
  4: ["def", "abc"],
  5: ["ad", "be", "cf"],
  6: ["cf", "be", "ad"],
  7: ["fc", "eb", "da"],
  8: ["da", "eb", "fc"],
};

test.for(Object.entries(stored))("a picture stored with orientation %s is turned upright", ([orientation, rows]) => {
  const upright = orient(picture(...rows), Number(orientation) as Orientation);
  expect(rowsOf(upright)).toEqual(["abc", "def"]);
});

test("all four channels of a pixel move together", () => {
  const one = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
  expect([...orient(one, 2).data]).toEqual([5, 6, 7, 8, 1, 2, 3, 4]);
});
