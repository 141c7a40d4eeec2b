import { expect, test } from "vitest";
import type { Picture } from "../../imaging/picture.ts";
import { importNet } from "../engine/import.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { LOSS_WEIGHTS } from "./loss.ts";
import { smallLossNet } from "./testing/loss-net.ts";
import { openTrainer, type Trainer, type TrainingSettings } from "./trainer.ts";

const net = importNet(smallLossNet());

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

test("training lowers the loss", async () => {
  const trainer = await openTrainer(source, settings);
  const losses = await steps(trainer, settings.steps);
  await trainer.release();
  const mean = (of: typeof losses) => of.reduce((sum, { loss }) => sum + loss, 0) / of.length;
  expect(mean(losses.slice(-3))).toBeLessThan(0.9 * mean(losses.slice(0, 3)));
  expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: settings.steps }, (_, i) => i + 1));
});

test("training resumed from a written checkpoint gives exactly the same net", async () => {
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

test("the number of steps can be set during the warm-up", async () => {
  const known = await openTrainer(source, settings);
  const replanned = await openTrainer(source, { ...settings, steps: 1 });
  await steps(replanned, 2);
  replanned.setSteps(settings.steps);
  await steps(known, 3);
  await steps(replanned, 1);
  expect(replanned.save()).toEqual(known.save());
  expect(replanned.settings).toEqual(settings);
  await Promise.all([known, replanned].map((trainer) => trainer.release()));
});

test("a NaN loss stops training and leaves the state unchanged", async () => {
  const trainer = await openTrainer(source, { ...settings, weights: { ...LOSS_WEIGHTS, content: Number.NaN } });
  const before = trainer.save();
  await expect(trainer.next()).rejects.toThrow("step 1");
  expect(trainer.save()).toEqual(before);
  await trainer.release();
});

test("an invalid checkpoint is not accepted", () => {
  for (const text of ["", "{", "null", "[]", '{"format":0}']) expect(readCheckpoint(text)).toBeUndefined();
});
