import { expect, test } from "vitest";
import type { Picture } from "../../imaging/picture.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { relu } from "../engine/arithmetic.ts";
import { build } from "../engine/build.ts";
import { convolution } from "../engine/convolution.ts";
import { importNet } from "../engine/import.ts";
import { averagePool } from "../engine/pooling.ts";
import { constant, input, type Value } from "../engine/value.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { LOSS_WEIGHTS } from "./loss.ts";
import { openTrainer, type Trainer, type TrainingSettings } from "./trainer.ts";

/** A loss net with the layers of the real one, of random weights and no size: a step takes milliseconds. */
function smallLossNet() {
  const random = randomNumbers(1);
  const layer = (x: Value, stride: number): Value => {
    const shape = [6, x.shape[1]!, 3, 3];
    const kernel = Float32Array.from({ length: 6 * x.shape[1]! * 9 }, () => 0.6 * (random() - 0.5));
    return relu(convolution(x, constant(kernel, shape), { strides: stride, pads: 1 }));
  };
  const activation_1 = layer(input("x", [1, 3, 80, 80]), 2);
  const activation_3 = layer(activation_1, 1);
  const activation_5 = layer(averagePool(activation_3, { size: [2, 2], strides: 2 }), 1);
  const mixed0 = layer(averagePool(activation_5, { size: [2, 2], strides: 2 }), 1);
  const mixed1 = layer(mixed0, 1);
  return importNet(build({ activation_1, activation_3, activation_5, mixed0, mixed1, mixed2: layer(mixed1, 1) }));
}

const net = smallLossNet();

const settings: TrainingSettings = {
  architecture: { half: 4, quarter: 8, blocks: 1 },
  weights: LOSS_WEIGHTS,
  steps: 12,
  size: 80,
  batch: 2,
  learningRate: 0.02,
  strokes: 96,
  grain: 0.03,
  seed: 5,
};

function striped(width: number, height: number, every: number): Picture {
  const data = Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y, c] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
    return 0.5 + 0.4 * Math.sin((x + c * y) / every);
  });
  return { width, height, data };
}

const source = { net, painting: striped(160, 140, 3), photographs: [striped(90, 120, 9), striped(200, 100, 14)] };

async function steps(trainer: Trainer, count: number) {
  const losses = [];
  for (let i = 0; i < count; i++) losses.push(await trainer.next());
  return losses;
}

test("a training brings the loss down", async () => {
  const trainer = await openTrainer(source, settings);
  const losses = await steps(trainer, settings.steps);
  await trainer.release();
  const mean = (of: typeof losses) => of.reduce((sum, { loss }) => sum + loss, 0) / of.length;
  expect(mean(losses.slice(-3))).toBeLessThan(0.9 * mean(losses.slice(0, 3)));
  expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: settings.steps }, (_, i) => i + 1));
});

test("put down, written, read and taken up again, it comes to the same net, to the bit", async () => {
  const uninterrupted = await openTrainer(source, settings);
  const expected = await steps(uninterrupted, 6);
  const first = await openTrainer(source, settings);
  const before = await steps(first, 3);
  const text = writeCheckpoint({ settings, painting: "p", photographs: "q", state: first.save(), losses: before });
  const read = readCheckpoint(text)!;
  const second = await openTrainer(source, read.settings, { from: read.state });
  const after = await steps(second, 3);
  expect([...read.losses, ...after]).toEqual(expected);
  expect(second.save()).toEqual(uninterrupted.save());
  await Promise.all([uninterrupted, first, second].map((trainer) => trainer.release()));
});

test("during the warm-up the number of steps may still be decided, and then no more", async () => {
  const known = await openTrainer(source, settings);
  const decided = await openTrainer(source, { ...settings, steps: 1 });
  await steps(decided, 2);
  decided.plan(settings.steps);
  await steps(known, 3);
  await steps(decided, 1);
  expect(decided.save()).toEqual(known.save());
  expect(decided.settings).toEqual(settings);
  await Promise.all([known, decided].map((trainer) => trainer.release()));
});

test("a loss that is no number stops the training and leaves it as it was", async () => {
  const trainer = await openTrainer(source, { ...settings, weights: { ...LOSS_WEIGHTS, content: Number.NaN } });
  const before = trainer.save();
  await expect(trainer.next()).rejects.toThrow("step 1");
  expect(trainer.save()).toEqual(before);
  await trainer.release();
});

test("what is no checkpoint is not taken for one", () => {
  for (const text of ["", "{", "null", "[]", '{"format":0}']) expect(readCheckpoint(text)).toBeUndefined();
});
