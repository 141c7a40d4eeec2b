import { expect, test } from "vitest";
import {
  clamped,
  colorStatistics,
  keepChroma,
  subjectStatistics,
  subjectWeights,
  transferColors,
  transferMap,
  withSoftShadows,
} from "./color.ts";
import { mapColors, opponentOf, rgbOf } from "./opponent.ts";
import type { Picture } from "./picture.ts";
import { randomNumbers } from "./random.ts";
import { eigenOf } from "./symmetric.ts";

/** Correlated colors around `mean`, with these standard deviations of luma and both chromas. */
function colored(seed: number, mean: readonly number[], deviations: readonly number[], pixels = 900): Picture {
  const random = randomNumbers(seed);
  const data = Float32Array.from(
    { length: 3 * pixels },
    (_, i) => deviations[Math.floor(i / pixels)]! * Math.sqrt(12) * (random() - 0.5),
  );
  const picture = rgbOf({ width: pixels / 30, height: 30, data });
  for (let i = 0; i < 3 * pixels; i++) picture.data[i]! += mean[Math.floor(i / pixels)]!;
  return picture;
}

const photograph = colored(1, [0.6, 0.5, 0.4], [0.2, 0.02, 0.05]);
const painting = colored(2, [0.2, 0.3, 0.6], [0.1, 0.15, 0.04]);

function expectClose(actual: readonly number[] | Float32Array, expected: readonly number[] | Float32Array, digits = 5) {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, digits);
}

test("the statistics of four pixels match a calculation by hand", () => {
  const data = Float32Array.of(0, 1, 0, 1, 0, 0, 1, 1, 0.5, 0.5, 0.5, 0.5);
  const { mean, covariance } = colorStatistics({ width: 2, height: 2, data });
  expectClose(mean, [0.5, 0.5, 0.5]);
  expectClose(covariance, [0.25, 0, 0, 0, 0.25, 0, 0, 0, 0]);
});

test("a transferred picture has the target's mean and covariance", () => {
  const target = colorStatistics(painting);
  const { mean, covariance } = colorStatistics(transferColors(photograph, target));
  expectClose(mean, target.mean);
  expectClose(covariance, target.covariance);
});

test("a transfer with amount 0.5 goes half the way", () => {
  const target = colorStatistics(painting);
  const whole = transferColors(photograph, target).data;
  const { matrix, offset } = transferMap(colorStatistics(photograph), target, 0.5);
  expectClose(
    mapColors(photograph, matrix, offset).data,
    photograph.data.map((value, i) => (value + whole[i]!) / 2),
  );
});

const gray = colored(3, [0.5, 0.5, 0.5], [0.2, 0, 0]);
const flat = colored(4, [0.1, 0.2, 0.3], [0, 0, 0]);

test.each([
  ["a photograph", photograph],
  ["a gray picture", gray],
  ["a flat picture", flat],
])("a transfer to a picture's own statistics changes nothing: %s", (_, picture) => {
  expectClose(transferColors(picture, subjectStatistics(picture)).data, picture.data, 4);
});

test("the reverse transfer restores the colors, and the map is symmetric", () => {
  const there = transferColors(photograph, colorStatistics(painting));
  expectClose(transferColors(there, colorStatistics(photograph)).data, photograph.data, 4);
});

test("with shared principal axes, the map only scales along them: it moves colors the least", () => {
  const wide = rgbOf({ ...photograph, data: scaled(opponentOf(photograph).data, [2, 3, 0.5]) });
  const center = (picture: Picture) => {
    const { mean } = colorStatistics(picture);
    return picture.data.map((value, i) => value - mean[Math.floor(i / 900)]!);
  };
  // Except for the part that the three deviations have in common.
  const moved = center(transferColors(photograph, colorStatistics(wide)));
  const error = moved.map((value, i) => Math.abs(value - center(wide)[i]!));
  expect(Math.max(...error)).toBeLessThan(0.06);
});

const scaled = (planes: Float32Array, by: readonly number[]) =>
  planes.map((value, i) => value * by[Math.floor((3 * i) / planes.length)]!);

test("a flat picture takes the target's mean without amplified noise", () => {
  const { data } = transferColors(flat, colorStatistics(painting));
  const { mean } = colorStatistics(painting);
  for (let i = 0; i < data.length; i++) expect(data[i]).toBeCloseTo(mean[Math.floor(i / 900)]!, 4);
});

/** The photograph with rows of one color added below: `share` of the whole. */
function onGround(color: readonly number[], share: number): Picture {
  const ground = Math.round((900 * share) / (1 - share) / 30) * 30;
  const data = [0, 1, 2].flatMap((channel) => [
    ...photograph.data.subarray(900 * channel, 900 * (channel + 1)),
    ...new Float32Array(ground).fill(color[channel]!),
  ]);
  return { width: 30, height: 30 + ground / 30, data: Float32Array.from(data) };
}

const WHITE = [1, 1, 1];

test("a background of one color counts for at most a fifth of a picture", () => {
  const weights = subjectWeights(onGround(WHITE, 0.9));
  const sum = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => weights(from + i)).reduce((a, b) => a + b, 0);
  const [subject, ground] = [sum(0, 900), sum(900, 9000)];
  expect(ground / (subject + ground)).toBeCloseTo(0.2, 2);
  expect(subject).toBe(900);
});

test("if no color exceeds the maximum share, all pixels have equal weight", () => {
  const weights = subjectWeights(photograph);
  expect(new Set(Array.from({ length: 900 }, (_, i) => weights(i)))).toEqual(new Set([1]));
});

test.each([
  ["white", WHITE],
  ["black", [0, 0, 0]],
  ["green", [0.1, 0.9, 0.2]],
  ["gray", [0.7, 0.7, 0.7]],
])("the subject's transferred colors do not depend on the size of a %s background", (_, color) => {
  const subject = (share: number) => {
    const { width, height, data } = transferColors(onGround(color, share), colorStatistics(painting));
    return [0, 1, 2].flatMap((channel) => [...data.subarray(channel * width * height).subarray(0, 900)]);
  };
  const least = subject(0.2);
  for (const share of [0.4, 0.6, 0.8, 0.95]) {
    const far = subject(share).map((value, i) => Math.abs(value - least[i]!));
    expect(Math.max(...far)).toBeLessThan(0.08);
  }
});

test("contrast grows at most tenfold along an axis, so that a gray photograph's last bit does not become colored noise", () => {
  const almostGray = colored(9, [0.5, 0.5, 0.5], [0.2, 0.004, 0.004]);
  const { matrix } = transferMap(colorStatistics(almostGray), colorStatistics(painting));
  const gains = eigenOf(matrix).values;
  expect(Math.max(...gains)).toBeGreaterThan(5);
  // Over three axes the factor can be √3 larger, if the painting's own axes are between them.
  expect(Math.max(...gains)).toBeLessThan(10 * Math.sqrt(3));
});

test("shadows keep their order above 8 of 255, and other tones do not change", () => {
  const ramp = { width: 301, height: 1, data: Float32Array.from({ length: 903 }, (_, i) => (i % 301) / 100 - 1) };
  const { data } = withSoftShadows(ramp);
  const first = data.subarray(0, 301);
  expect(Math.min(...first)).toBeGreaterThan(8.5 / 255);
  expect(Math.max(...first)).toBe(1);
  for (let i = 90; i < 200; i++) expect(first[i + 1]!).toBeGreaterThan(first[i]!);
  for (let i = 110; i <= 200; i++) expect(first[i]).toBe(ramp.data[i]);
});

test("the photograph's chroma is kept if it fits into [0, 1], and its mean luma always", () => {
  const soft = colored(5, [0.5, 0.5, 0.5], [0.1, 0.04, 0.04]);
  const stylized = colored(6, [0.3, 0.5, 0.6], [0.15, 0.1, 0.1]);
  const kept = keepChroma(soft, stylized);
  expectClose(opponentOf(kept).data.subarray(900), opponentOf(soft).data.subarray(900));
  expect(lumaMean(kept)).toBeCloseTo(lumaMean(soft), 4);
});

test("a color outside [0, 1] loses chroma, but not luma or hue", () => {
  const red = colored(7, [0.9, 0.1, 0.1], [0, 0, 0]);
  const stylized = colored(8, [0.5, 0.5, 0.5], [0.2, 0, 0]);
  const kept = keepChroma(red, stylized);
  expect(kept.data.every((value) => value >= 0 && value <= 1)).toBe(true);
  expect(lumaMean(kept)).toBeCloseTo(lumaMean(red), 2);
  // Green and blue stay equal: the hue is red's.
  expectClose(kept.data.subarray(900, 1800), kept.data.subarray(1800));
});

test("a gray photograph gives a gray picture", () => {
  const kept = keepChroma(gray, painting);
  expectClose(kept.data.subarray(0, 900), kept.data.subarray(900, 1800));
  expectClose(kept.data.subarray(0, 900), kept.data.subarray(1800));
});

const lumaMean = (picture: Picture) =>
  opponentOf(picture)
    .data.subarray(0, 900)
    .reduce((sum, value) => sum + value, 0) / 900;

test("the opponent transform is inverted exactly", () => {
  expectClose(rgbOf(opponentOf(photograph)).data, photograph.data);
});

test("clamping limits values to [0, 1]", () => {
  expectClose(clamped({ width: 1, height: 1, data: Float32Array.of(-0.5, 0.5, 1.5) }).data, [0, 0.5, 1]);
});
