import { readFile } from "node:fs/promises";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { beforeAll, expect, test } from "vitest";
import { portrait } from "../../cli/astronauts.ts";
import { runtimeFromFiles } from "../../cli/vision-from-files.ts";
import { codecsFromPackages } from "../../container/pictures/codecs.ts";
import { DETECTOR, defaultEmbedder, LANDMARKS, MODELS } from "../../models/catalog.ts";
import { createVision, type Vision } from "./vision.ts";

/** What each net has looked at, by its id. */
const looks = new Map<string, number>();
let vision: Vision;
/** 1900 × 1300 pixels, paved with 4,000 faces. */
let paved: Uint8Array;

beforeAll(async () => {
  const runtime = await runtimeFromFiles();
  const models = new Map<Uint8Array | ArrayBuffer, string>();
  for (const { id, file } of MODELS) {
    models.set(await readFile(new URL(`../../models/build/${file}`, import.meta.url)), id);
  }
  vision = createVision({
    codecs: await codecsFromPackages(),
    models: Object.fromEntries([...models].map(([bytes, id]) => [id, bytes])),
    runtime: {
      ...runtime,
      async load(bytes) {
        const [id, net] = [models.get(bytes) ?? "", await runtime.load(bytes)];
        return {
          ...net,
          run(input, shape) {
            looks.set(id, (looks.get(id) ?? 0) + (shape[0] ?? 0));
            return net.run(input, shape);
          },
        };
      },
    },
  });
  const canvas = createCanvas(1900, 1300);
  const face = await loadImage(portrait("neil-armstrong", "1.jpg"));
  for (let x = 0; x < canvas.width; x += 25) {
    for (let y = 0; y < canvas.height; y += 25) {
      canvas.getContext("2d").drawImage(face, 0.2 * face.width, 0.1 * face.height, 350, 350, x, y, 25, 25);
    }
  }
  paved = await canvas.encode("jpeg");
});

/** Tiles of 640 × 480 and of 360 × 270 that cover 2.5 megapixels, and the whole. */
const MOST_DETECTIONS = 80;

test.each([
  [1, 40],
  [30, 60],
])(
  "a picture that is paved with faces costs no more than one that is not: %i asked for",
  async (maxFaces, candidates) => {
    looks.clear();
    const found = await vision.detect(paved, { maxFaces });
    expect(found).toMatchObject({ kind: "detection" });
    expect(looks.get(DETECTOR.id)).toBeLessThanOrEqual(MOST_DETECTIONS);
    // Twice at each candidate, once before the tiles and once after them.
    expect(looks.get(LANDMARKS.id)).toBeLessThanOrEqual(2 * 2 * candidates);
    expect(looks.get(defaultEmbedder().id) ?? 0).toBeLessThanOrEqual(maxFaces);
  },
);

test("where no face is asked for, no net looks", async () => {
  looks.clear();
  expect(await vision.detect(paved, { maxFaces: 0 })).toEqual({
    kind: "detection",
    width: 1900,
    height: 1300,
    faces: [],
  });
  expect(looks.size).toBe(0);
});

test("nothing is looked at for somebody who has left", async () => {
  looks.clear();
  const signal = AbortSignal.abort(new Error("left"));
  await expect(vision.detect(paved, { maxFaces: 1, signal })).rejects.toThrow("left");
  const model = vision.defaultEmbedder;
  await expect(vision.readOneFace(paved, { model, signal })).rejects.toThrow("left");
  await expect(vision.readFaces(paved, { model, maxFaces: 1, signal })).rejects.toThrow("left");
  expect(looks.size).toBe(0);
});
