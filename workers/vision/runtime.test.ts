import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { runtimeFromFiles } from "../../cli/vision-from-files.ts";
import { codecsFromPackages } from "../../container/pictures/codecs.ts";
import { DETECTOR, MODELS } from "../../models/catalog.ts";
import { lazily, type Runtime } from "./runtime.ts";
import { createVision } from "./vision.ts";

const model = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../models/build/${file}`, import.meta.url)));
const photo = new Uint8Array(
  readFileSync(new URL("../../test/fixtures/photos/people/gus-grissom/1.jpg", import.meta.url)),
);

let runtime: Runtime;
beforeAll(async () => {
  runtime = await runtimeFromFiles();
});

test("a net returns the outputs that the catalog declares, for a batch of pictures", async () => {
  const net = await runtime.load(model(DETECTOR.file));
  const { width, height } = DETECTOR.input;
  const outputs = await net.run(new Float32Array(2 * 3 * width * height), [2, 3, height, width]);
  for (const { name, shape } of DETECTOR.outputs) {
    expect(outputs[name]).toHaveLength(2 * shape.reduce((product, side) => product * side));
  }
});

test("a lazy value is created once, and a failure is not kept", async () => {
  let starts = 0;
  const get = lazily(async () => {
    starts++;
    if (starts === 1) throw new Error("not yet");
    return starts;
  });
  await expect(get()).rejects.toThrow("not yet");
  expect(await Promise.all([get(), get()])).toEqual([2, 2]);
  expect(starts).toBe(2);
});

test("if a model fails to load, the next request loads it", async () => {
  let loads = 0;
  const vision = createVision({
    runtime: {
      ...runtime,
      load: (bytes) => (loads++ === 0 ? Promise.reject(new Error("no memory")) : runtime.load(bytes)),
    },
    codecs: await codecsFromPackages(),
    models: Object.fromEntries(MODELS.map(({ id, file }) => [id, model(file)])),
  });
  await expect(vision.readOneFace(photo, { model: "faceplugin-512" })).rejects.toThrow("no memory");
  await expect(vision.readOneFace(photo, { model: "faceplugin-512" })).resolves.toMatchObject({ kind: "face" });
});

test("a turn finishes before any other event, so a canceled request cannot leave it unfinished", async () => {
  const vision = createVision({
    runtime,
    codecs: await codecsFromPackages(),
    models: Object.fromEntries(MODELS.map(({ id, file }) => [id, model(file)])),
  });
  let otherEvents = 0;
  const timer = setInterval(() => otherEvents++, 0);
  const reading = await vision.readOneFace(photo, { model: "faceplugin-512" });
  clearInterval(timer);
  expect(reading.kind).toBe("face");
  expect(otherEvents).toBe(0);
});
