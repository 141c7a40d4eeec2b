import { createCanvas, loadImage } from "@napi-rs/canvas";
import { expect, test } from "vitest";
import { contactSheet, PATCH_SIDE, type Sheet } from "./contact-sheet.ts";
import { cropPatch } from "./crop-patch.ts";
import { page } from "./page.ts";

const name = `<img src=x onerror="alert('1')">&.jpg`;
const image = createCanvas(PATCH_SIDE, PATCH_SIDE);
const sheet: Sheet = {
  title: "net · <layer>",
  notes: ["a note"],
  units: [
    { unit: 7, selectivity: 2.72, patches: [{ picture: name, activation: 2.5, image }] },
    { unit: 9, selectivity: 0, patches: [] },
  ],
};

test("a file name is escaped", async () => {
  const html = await page(sheet);
  expect(html).not.toContain("<img src=x");
  expect(html).toContain("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;.jpg, activation 2.500");
  expect(html).toContain("net · &lt;layer&gt;");
});

test("the page contains all its pictures and loads nothing", async () => {
  const html = await page(sheet, { png: await image.encode("png"), alt: "a heat map" });
  const sources = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, source]) => source!);
  expect(sources).toHaveLength(2);
  for (const source of sources) {
    expect(source).toMatch(/^data:image\/(webp|png);base64,/);
    const decoded = await loadImage(Buffer.from(source.split(",")[1]!, "base64"));
    expect(decoded.width).toBe(PATCH_SIDE);
  }
  expect(html).not.toMatch(/<script|https?:|url\(/);
  expect(html).toContain("no picture activates it");
});

test("a sheet shows all units in rows of at most four", async () => {
  const units = (count: number) => Array.from({ length: count }, (_, unit) => ({ ...sheet.units[0]!, unit }));
  const sizes = await Promise.all(
    [1, 4, 12, 13].map(async (count) => loadImage(await contactSheet({ ...sheet, units: units(count) }))),
  );
  const [one, four, twelve, thirteen] = sizes.map(({ width, height }) => ({ width, height }));
  expect(four!.width).toBeGreaterThan(2 * one!.width);
  expect(twelve!.width).toBeGreaterThan(four!.width);
  expect(thirteen!.width).toBe(twelve!.width);
  expect(thirteen!.height).toBeGreaterThan(twelve!.height);
});

test("a patch is cropped at its position, also outside the picture", () => {
  const picture = createCanvas(40, 20);
  const context = picture.getContext("2d");
  context.fillStyle = "#ff0000";
  context.fillRect(0, 0, 20, 20);
  context.fillStyle = "#0000ff";
  context.fillRect(20, 0, 20, 20);
  // The net saw the picture at half the size. The left half of the patch is outside the picture.
  const patch = cropPatch(picture, { left: -5, top: 0, width: 10, height: 10 }, 2, 100);
  const at = (x: number, y: number) => [...patch.getContext("2d").getImageData(x, y, 1, 1).data.slice(0, 3)];
  expect(at(80, 50)).toEqual([255, 0, 0]);
  expect(at(20, 50)).toEqual([11, 13, 17]);
  const right = cropPatch(picture, { left: 10, top: 0, width: 10, height: 10 }, 2, 100);
  expect([...right.getContext("2d").getImageData(50, 50, 1, 1).data.slice(0, 3)]).toEqual([0, 0, 255]);
});
