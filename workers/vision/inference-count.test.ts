import { readFile } from "node:fs/promises";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { beforeAll, expect, test } from "vitest";
import { portrait } from "../../cli/astronauts.ts";
import { runtimeFromFiles } from "../../cli/vision-from-files.ts";
import { codecsFromPackages } from "../../container/pictures/codecs.ts";
import { DETECTOR, defaultEmbedder, LANDMARKS, MODELS } from "../../models/catalog.ts";
import { createVision, type Vision } from "./vision.ts";

/** The number of inputs that each net has processed, by model id. */
const inputs = new Map<string, number>();
let vision: Vision;
/** 1900 × 1300 pixels with 4,000 small faces. */
let crowd: Uint8Array;

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
            inputs.set(id, (inputs.get(id) ?? 0) + (shape[0] ?? 0));
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
  crowd = await canvas.encode("jpeg");
});

/** The number of tiles of 640 × 480 and of 360 × 270 pixels that cover 2.5 megapixels, plus the whole picture. */
const MAX_DETECTIONS = 80;

test.each([
  [1, 40],
  [30, 60],
])("the number of inferences is bounded in a picture full of faces: maxFaces %i", async (maxFaces, candidates) => {
  inputs.clear();
  const found = await vision.detect(crowd, { maxFaces });
  expect(found).toMatchObject({ kind: "detection" });
  expect(inputs.get(DETECTOR.id)).toBeLessThanOrEqual(MAX_DETECTIONS);
  // Two runs per candidate, both before and after the search in tiles.
  expect(inputs.get(LANDMARKS.id)).toBeLessThanOrEqual(2 * 2 * candidates);
  expect(inputs.get(defaultEmbedder().id) ?? 0).toBeLessThanOrEqual(maxFaces);
});

test("with maxFaces 0 no net runs", async () => {
  inputs.clear();
  expect(await vision.detect(crowd, { maxFaces: 0 })).toEqual({
    kind: "detection",
    width: 1900,
    height: 1300,
    faces: [],
  });
  expect(inputs.size).toBe(0);
});

test("no net runs for a client that has disconnected", async () => {
  inputs.clear();
  const signal = AbortSignal.abort(new Error("disconnected"));
  await expect(vision.detect(crowd, { maxFaces: 1, signal })).rejects.toThrow("disconnected");
  const model = vision.defaultEmbedder;
  await expect(vision.readOneFace(crowd, { model, signal })).rejects.toThrow("disconnected");
  await expect(vision.readFaces(crowd, { model, maxFaces: 1, signal })).rejects.toThrow("disconnected");
  expect(inputs.size).toBe(0);
});
