import { beforeAll, expect, test } from "vitest";
import { meanPatchDistance, textbookProjection } from "../bench/textbook-projection.ts";
import { readPicture } from "../cli/pictures.ts";
import { crop } from "./border.ts";
import { clamped, colorStatistics, transferColors } from "./color.ts";
import type { Picture } from "./picture.ts";
import { project, projectOnto } from "./projection.ts";
import { randomNumbers } from "./random.ts";
import { resize } from "./resize.ts";

let largePainting: Picture;
let largeQuery: Picture;
let painting: Picture;
let query: Picture;

beforeAll(async () => {
  const file = (path: string) => new URL(`../${path}`, import.meta.url).pathname;
  largePainting = clamped(resize(await readPicture(file("models/styles/starry-night/painting.jpg")), 428, 340));
  const photograph = resize(await readPicture(file("test/fixtures/photos/content/rocket.jpg")), 256, 256);
  largeQuery = clamped(transferColors(photograph, colorStatistics(largePainting)));
  painting = resize(largePainting, 214, 170);
  query = resize(largeQuery, 128, 112);
});

const meanDifference = (a: Picture, b: Picture): number =>
  a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;

test.each([
  ["from coarse to fine", {}, 1.03],
  ["one level and one pass", { levels: 1, passes: 1 }, 1],
])("patches are as near to the query as those of a textbook implementation: %s", (_, options, most) => {
  const textbook = textbookProjection(largeQuery, largePainting, options);
  const own = project(largeQuery, largePainting, options);
  const reference = meanPatchDistance(textbook.query, largePainting, textbook.field);
  expect(meanPatchDistance(own.query, largePainting, own.field) / reference).toBeLessThan(most);
});

test("a part of the painting is reproduced exactly", () => {
  const inner = (picture: Picture) => crop(picture, 8, 8, 74, 64);
  const part = crop(painting, 41, 30, 90, 80);
  const oneLevel = projectOnto(part, painting, { levels: 1 });
  expect(meanDifference(oneLevel, part)).toBeLessThan(0.01);
  expect(meanDifference(inner(oneLevel), inner(part))).toBeLessThan(1e-4);
  // Over several levels the coarse ones must find it too, so it begins at a coarse pixel.
  const aligned = crop(painting, 40, 32, 90, 80);
  expect(meanDifference(inner(projectOnto(aligned, painting)), inner(aligned))).toBeLessThan(0.006);
});

test("a painting in two colors gives only mixtures of them", () => {
  const random = randomNumbers(1);
  const blots = resize({ width: 12, height: 9, data: Float32Array.from({ length: 324 }, random) }, 90, 70);
  const [ink, paper] = [
    [0.1, 0.2, 0.5],
    [0.9, 0.8, 0.7],
  ] as const;
  const pixels = 90 * 70;
  const data = Float32Array.from(
    { length: 3 * pixels },
    (_, i) => (blots.data[i % pixels]! > 0.5 ? ink : paper)[Math.floor(i / pixels)]!,
  );
  const painted = projectOnto(query, { width: 90, height: 70, data });
  const count = query.width * query.height;
  const shareOf = (i: number, c: number) => (painted.data[c * count + i]! - ink[c]!) / (paper[c]! - ink[c]!);
  const shares = Array.from({ length: count }, (_, i) => shareOf(i, 0));
  expect(Math.min(...shares)).toBeGreaterThan(-1e-4);
  expect(Math.max(...shares)).toBeLessThan(1 + 1e-4);
  for (const [i, share] of shares.entries()) {
    expect(Math.abs(shareOf(i, 1) - share)).toBeLessThan(1e-4);
    expect(Math.abs(shareOf(i, 2) - share)).toBeLessThan(1e-4);
  }
});

test("the same seed paints the same bytes, and another seed different ones", () => {
  const once = projectOnto(query, painting, { seed: 7 });
  expect(projectOnto(query, painting, { seed: 7 }).data).toEqual(once.data);
  expect(projectOnto(query, painting, { seed: 8 }).data).not.toEqual(once.data);
});

test.each([
  [1, 1],
  [1, 9],
  [2, 3],
  [4, 4],
  [60, 1],
  [17, 33],
])("a query or a painting of %i×%i pixels can be projected", (width, height) => {
  for (const [from, onto] of [
    [resize(query, width, height), painting],
    [query, resize(painting, width, height)],
    [resize(query, width, height), resize(painting, height, width)],
  ] as const) {
    const painted = projectOnto(from, onto);
    expect([painted.width, painted.height, painted.data.length]).toEqual([
      from.width,
      from.height,
      3 * from.width * from.height,
    ]);
    expect(painted.data.every((value) => value > -1e-4 && value < 1 + 1e-4)).toBe(true);
  }
});

test("a painting of one pixel gives a picture in its color", () => {
  const { data } = projectOnto(query, { width: 1, height: 1, data: Float32Array.of(0.2, 0.4, 0.6) });
  const count = query.width * query.height;
  expect(data.every((value, i) => Math.abs(value - [0.2, 0.4, 0.6][Math.floor(i / count)]!) < 1e-5)).toBe(true);
});

test("colors outside [0, 1] are clamped", () => {
  const outOfRange = { ...query, data: query.data.map((value) => 3 * value - 1) };
  expect(projectOnto(outOfRange, painting).data).toEqual(projectOnto(clamped(outOfRange), painting).data);
});

test("λ can be a map: pixels with a low λ stay closer to the query", () => {
  const { width, height } = query;
  const even = new Float32Array(width * height).fill(0.6);
  expect(projectOnto(query, painting, { blend: even }).data).toEqual(projectOnto(query, painting, { blend: 0.6 }).data);
  const blendMap = even.map((_, i) => (i % width < width / 2 ? 0.2 : 0.9));
  const painted = projectOnto(query, painting, { blend: blendMap });
  const bold = projectOnto(query, painting, { blend: 0.9 });
  const left = (picture: Picture) => crop(picture, 0, 0, width / 2, height);
  expect(meanDifference(left(painted), left(query))).toBeLessThan(0.8 * meanDifference(left(bold), left(query)));
});
