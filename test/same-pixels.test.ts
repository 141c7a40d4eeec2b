import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Client } from "../cli/client.ts";
import { ROOT } from "../cli/state.ts";
import type { Picture } from "../imaging/picture.ts";
import { seen, stylize } from "./support/stylize.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

/**
 * A picture has the same pixels whether it is decoded in the isolate or first shrunk by the Images binding: painted at strength 0,
 * which is the photograph itself. 2.5 megapixels are 1,581 pixels squared.
 */
let worker: RunningWorker;
let api: Client;
beforeAll(async () => {
  worker = await startWorker();
  ({ api } = await worker.tenant());
});
afterAll(() => worker.close());

const field = (name: string): Buffer => readFileSync(resolve(ROOT, "test/fixtures/field", name));

/** What the Worker sees of a picture. */
const decoded = async (bytes: Buffer): Promise<Picture> =>
  seen(await stylize(api, bytes, { strength: 0, maxSide: 256 }));

/** The colour at a place, given in shares of the sides; channels in [0, 255]. */
function colourAt({ width, height, data }: Picture, x: number, y: number): number[] {
  const pixel = Math.floor(y * (height - 1)) * width + Math.floor(x * (width - 1));
  return [0, 1, 2].map((channel) => Math.round(255 * data[channel * width * height + pixel]!));
}

const near = (colour: readonly number[], tolerance = 2) =>
  colour.map((level) =>
    expect.toSatisfy((is: number) => Math.abs(is - level) <= tolerance, `within ${tolerance} of ${level}`),
  );

test.each(["adobe-1580.jpg", "adobe-1600.jpg"])("%s: AdobeRGB is converted to sRGB", async (name) => {
  expect(colourAt(await decoded(field(name)), 0.5, 0.5)).toEqual(near([211, 111, 77]));
});

test.each(["cutout-1580.png", "cutout-1600.png"])("%s: transparency is white", async (name) => {
  expect(colourAt(await decoded(field(name)), 0, 0)).toEqual(near([255, 255, 255]));
});
