import { expect, test } from "vitest";
import { crop } from "../../imaging/border.ts";
import type { Picture } from "../../imaging/picture.ts";
import { importNet } from "../engine/import.ts";
import { smallNet } from "../jobs/testing/net.ts";
import type { LossSettings } from "./loss-settings.ts";
import { type Objective, openObjective } from "./objective.ts";
import { openFeatures, openStatistics } from "./statistics.ts";
import { dot, noise, pictureFrom, striped } from "./testing/pictures.ts";
import { SHIFTS, type Windows, windowsOver } from "./windows.ts";

const net = importNet(smallNet());
const SETTINGS: LossSettings = {
  contentWeight: 0.5,
  styleWeight: 1,
  contentLayer: "coarse",
  styleLayers: { fine: 0.5, coarse: 1 },
  statistics: "moments",
  smoothness: 3,
};
const CONTENT = striped(100, 48, 17);
/** A picture that equals neither the content nor the painting. */
const PICTURE = blend(striped(100, 48, 9), noise(100, 48, 4), 0.2);

const painting = striped(64, 56, 6);
const reader = await openStatistics(net, painting, Object.keys(SETTINGS.styleLayers), {});
const style = await reader.read(painting);
await reader.release();

interface ObjectiveOptions {
  settings?: LossSettings;
  faces?: Float32Array;
  largest?: number;
}

async function withObjective<T>(
  { settings = SETTINGS, faces, largest }: ObjectiveOptions,
  use: (objective: Objective, windows: Windows) => Promise<T>,
): Promise<T> {
  const windows = windowsOver(CONTENT, largest);
  const objective = await openObjective(net, settings, style, CONTENT, faces, {}, windows);
  try {
    return await use(objective, windows);
  } finally {
    await objective.release();
  }
}

/** J and its gradient. */
async function evaluated(
  objective: Objective,
  x: Picture,
  shift: number,
  { styleWeight, contentWeight }: LossSettings,
) {
  const { style, content, rough, dx } = await objective.evaluate(x, shift);
  return { j: styleWeight * style + contentWeight * content + rough, dx };
}

const wide = { largest: 384, windows: 1 };
const narrow = { largest: 80, windows: 2 };

test.each([
  { ...wide, statistics: "moments", shift: 0 },
  { ...wide, statistics: "gram", shift: 3 },
  { ...narrow, statistics: "moments", shift: 3 },
  { ...narrow, statistics: "gram", shift: 0 },
] as const)(
  "with $windows window(s) at shift $shift, the gradient equals the central differences of J with $statistics",
  async (trial) => {
    const settings = { ...SETTINGS, statistics: trial.statistics };
    const faces = noise(100, 48, 8).data.subarray(0, 4800);
    await withObjective({ settings, faces, largest: trial.largest }, async (objective, windows) => {
      expect(windows.origins).toHaveLength(trial.windows);
      const { dx } = await evaluated(objective, PICTURE, trial.shift, settings);
      // Where windows overlap, dx is the mean of their gradients; the derivative of J is their sum.
      const seen = windowCountOf(windows, trial.shift);
      const slope = dx.map((v, i) => v * seen[i]!);
      for (const direction of directionsFrom(slope)) {
        const h = 2e-3;
        const at = (by: number) => evaluated(objective, blend(PICTURE, direction, by, 1), trial.shift, settings);
        const difference = ((await at(h)).j - (await at(-h)).j) / (2 * h);
        expect(dot(slope, direction.data) / difference).toBeCloseTo(1, 1.7);
      }
    });
  },
);

test("pixels outside all windows have no gradient", async () => {
  await withObjective({}, async (objective, windows) => {
    const { dx } = await objective.evaluate(PICTURE, 5);
    const seen = windowCountOf(windows, 5);
    expect(dx.every((v, i) => (v !== 0) === (seen[i] === 1) || (v === 0 && seen[i] === 0))).toBe(true);
    expect(dx.filter((v) => v !== 0).length).toBeGreaterThan(0.95 * seen.filter((v) => v > 0).length);
  });
});

test("with several windows, J is computed from the averaged statistics, not as the average loss", async () => {
  // The left is dark and the right is bright: each window alone differs more from the painting than both together.
  const uneven = pictureFrom(100, 48, (x, y, c) => 0.6 * PICTURE.data[(c * 48 + y) * 100 + x]! + (x < 50 ? 0 : 0.4));
  const whole = await withObjective({}, (objective) => objective.evaluate(uneven, 0));
  const parts = await withObjective({ largest: 80 }, (objective) => objective.evaluate(uneven, 0));
  // The values differ slightly: overlapping parts count twice, and each window has its own edges.
  for (const of of ["style", "content", "rough"] as const) {
    expect(parts[of] / whole[of]).toBeGreaterThan(0.85);
    expect(parts[of] / whole[of]).toBeLessThan(1.15);
  }
});

test("the number of windows does not change the relative gradients of the terms", async () => {
  const nothing = { contentWeight: 0, styleWeight: 0, smoothness: 0 };
  for (const part of [{ contentWeight: 1 }, { styleWeight: 1 }, { smoothness: 1 }]) {
    const settings = { ...SETTINGS, ...nothing, ...part };
    const steepness = (largest: number) =>
      withObjective({ settings, largest }, async (objective, { width, origins }) => {
        const { dx } = await objective.evaluate(PICTURE, 0);
        // Overlapping parts are a larger fraction of all windows together.
        return Math.sqrt(dot(dx, dx)) * width * origins.length;
      });
    const ratio = (await steepness(80)) / (await steepness(384));
    expect(ratio, JSON.stringify(part)).toBeGreaterThan(0.9);
    expect(ratio, JSON.stringify(part)).toBeLessThan(1.1);
  }
});

test("the content has no content loss, at any shift and with any number of windows", async () => {
  for (const largest of [384, 80])
    await withObjective({ largest }, async (objective) => {
      for (const shift of [0, 3, 7]) {
        expect((await objective.evaluate(CONTENT, shift)).content).toBeLessThan(1e-8);
        expect((await objective.evaluate(PICTURE, shift)).content).toBeGreaterThan(0.1);
      }
    });
});

test("the content loss is relative to the loss of a picture with constant features", async () => {
  const { width, height } = windowsOver(CONTENT);
  const session = await openFeatures(net, { width, height }, "coarse", {});
  const featuresOf = async (picture: Picture) => {
    const seen = crop(picture, 0, 0, width, height);
    const { features } = await session.run({ x: { shape: [1, 3, height, width], data: seen.data } });
    return Array.from({ length: 6 }, (_, c) =>
      features!.data.slice((c * features!.data.length) / 6).slice(0, features!.data.length / 6),
    );
  };
  const [known, painted] = [await featuresOf(CONTENT), await featuresOf(PICTURE)];
  await session.release();
  const energy = known.reduce((sum, channel) => {
    const mean = channel.reduce((s, v) => s + v, 0) / channel.length;
    return sum + channel.reduce((s, v) => s + (v - mean) ** 2, 0);
  }, 0);
  const apart = known.reduce(
    (sum, channel, c) => sum + channel.reduce((s, v, i) => s + (v - painted[c]![i]!) ** 2, 0),
    0,
  );
  const { content } = await withObjective({}, (objective) => objective.evaluate(PICTURE, 0));
  expect(content / (apart / energy)).toBeCloseTo(1, 4);
});

test("the same change costs more content loss on faces and no more elsewhere", async () => {
  const faces = Float32Array.from({ length: 4800 }, (_, i) => (i % 100 < 40 ? 2 : 0));
  const changedAt = (from: number) =>
    pictureFrom(
      100,
      48,
      (x, y, c) => CONTENT.data[(c * 48 + y) * 100 + x]! + (x >= from && x < from + 20 && y > 10 && y < 30 ? 0.3 : 0),
    );
  for (const largest of [384, 80]) {
    const content = (seen: ObjectiveOptions, from: number) =>
      withObjective({ ...seen, largest }, async (objective) => (await objective.evaluate(changedAt(from), 0)).content);
    expect((await content({ faces }, 10)) / (await content({}, 10))).toBeCloseTo(3, 3);
    expect((await content({ faces }, 70)) / (await content({}, 70))).toBeCloseTo(1, 3);
  }
});

/** The number of windows that cover each number of the canvas. */
function windowCountOf({ width, height, origins }: Windows, shift: number): Float32Array {
  const { x: right, y: down } = SHIFTS[shift]!;
  return pictureFrom(
    100,
    48,
    (x, y) =>
      origins.filter((o) => {
        const [column, row] = [x - o.x - right, y - o.y - down];
        return column >= 0 && column < width && row >= 0 && row < height;
      }).length,
  ).data;
}

/** Directions of length 1: the gradient, and two random ones tilted toward it, so that float32 resolves the change. */
function directionsFrom(slope: Float32Array): Picture[] {
  const steep = unit({ width: 100, height: 48, data: slope });
  return [steep, ...[1, 2].map((seed) => unit(blend(steep, unit(noise(100, 48, seed)), 0.7)))];
}

const unit = (picture: Picture): Picture => {
  const length = Math.sqrt(dot(picture.data, picture.data));
  return { ...picture, data: picture.data.map((v) => v / length) };
};

/** keep·a + share·b. */
function blend(a: Picture, b: Picture, share: number, keep = 1 - share): Picture {
  return { ...a, data: a.data.map((v, i) => keep * v + share * b.data[i]!) };
}
