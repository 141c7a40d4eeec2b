import { expect, test } from "vitest";
import { type Checkpoint, differencesOf, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { LOSS_WEIGHTS } from "./loss.ts";

const checkpoint: Checkpoint = {
  settings: {
    architecture: { half: 4, quarter: 8, blocks: 1 },
    weights: LOSS_WEIGHTS,
    ...{ steps: 12, size: 80, batch: 2, learningRate: 0.02, strokes: 96, grain: 0.03, seed: 5 },
  },
  painting: "a painting",
  photographs: "photographs",
  state: { step: 0, parameters: new Map(), mean: new Float32Array(0), square: new Float32Array(0) },
  losses: [],
};

test("equal settings and inputs have no differences, also after a checkpoint is written and read", () => {
  expect(differencesOf(readCheckpoint(writeCheckpoint(checkpoint))!, checkpoint)).toEqual([]);
  // The order of the settings does not matter.
  const reversed = Object.fromEntries(Object.entries(checkpoint.settings).reverse());
  expect(differencesOf(checkpoint, { ...checkpoint, settings: reversed })).toEqual([]);
});

test("differing files, settings and loss weights are named", () => {
  const { steps, ...settings } = checkpoint.settings;
  const weights = { ...LOSS_WEIGHTS, tone: 3 };
  const asked = { painting: "another", photographs: "others", settings: { ...settings, steps: steps + 1, weights } };
  expect(differencesOf(checkpoint, asked).sort()).toEqual(["painting", "photographs", "steps", "tone"]);
  const narrower = { ...settings, architecture: { half: 4, quarter: 4, blocks: 1 } };
  expect(differencesOf(checkpoint, { ...checkpoint, settings: narrower })).toEqual(["architecture"]);
});

test("an omitted setting matches any value", () => {
  const { steps, ...settings } = checkpoint.settings;
  expect(differencesOf({ ...checkpoint, settings: { ...settings, steps: 99 } }, { ...checkpoint, settings })).toEqual(
    [],
  );
});
