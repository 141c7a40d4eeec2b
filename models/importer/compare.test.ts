import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { LANDMARKS, MODELS } from "../catalog.ts";
import { assertSimilar, compare, runSource } from "./compare.ts";
import { exampleFaces } from "./example.ts";
import { CACHE } from "./files.ts";
import { fetchSource } from "./import-model.ts";
import { run } from "./run.ts";

const built = ({ file }: { file: string }) => readFile(new URL(`../build/${file}`, import.meta.url));

test("a model converted from TFLite matches the float64 evaluation of its source", async () => {
  for (const model of MODELS.filter(({ source }) => source.format === "tflite")) {
    const source = await fetchSource(model, { cache: CACHE });
    const differences = await compare(model, source, await built(model));
    expect(() => assertSimilar(model, differences)).not.toThrow();
    // Ten times the measured float32 rounding.
    for (const { converted } of differences) expect(converted, model.id).toBeLessThan(5e-6);
  }
});

test("a missing transposition is detected", async () => {
  const source = await fetchSource(LANDMARKS, { cache: CACHE });
  const upright = { ...LANDMARKS, source: { ...LANDMARKS.source, transposed: undefined } };
  const pictures = exampleFaces(LANDMARKS.input, 1);
  const [transposedNet] = await runSource(LANDMARKS, source, pictures);
  const [uprightNet] = await runSource(upright, source, pictures);
  const differences = await compare(upright, source, await built(LANDMARKS));
  expect(() => assertSimilar(LANDMARKS, differences)).toThrow("mtcnn-onet");
  expect(transposedNet![0]![1]).toBeGreaterThan(0.9);
  expect(uprightNet![0]![1]).toBeLessThan(0.5);
});

test("the landmarks of a drawn face are at the drawn positions", async () => {
  const outputs = await run(await built(LANDMARKS), exampleFaces(LANDMARKS.input, 1));
  const [x, y] = [outputs[2]!.data.subarray(0, 5), outputs[2]!.data.subarray(5)];
  const drawn = { x: [0.343, 0.657, 0.5, 0.35, 0.65], y: [0.46, 0.46, 0.66, 0.825, 0.825] };
  for (let i = 0; i < 5; i++) {
    expect(Math.abs(x[i]! - drawn.x[i]!)).toBeLessThan(0.05);
    expect(Math.abs(y[i]! - drawn.y[i]!)).toBeLessThan(0.05);
  }
});

test("a batch of two pictures gives the same outputs as each picture alone", async () => {
  for (const model of MODELS) {
    const bytes = await built(model);
    const pictures = exampleFaces(model.input, 2);
    const [, ...shape] = pictures.shape;
    const half = pictures.data.length / 2;
    const together = await run(bytes, pictures);
    for (const i of [0, 1]) {
      const alone = await run(bytes, { shape: [1, ...shape], data: pictures.data.slice(i * half, (i + 1) * half) });
      for (const [output, { data }] of alone.entries()) {
        const batched = together[output]!.data.slice(i * data.length, (i + 1) * data.length);
        expect(batched, `${model.id}, ${model.outputs[output]?.name}`).toEqual(data);
      }
    }
  }
});
