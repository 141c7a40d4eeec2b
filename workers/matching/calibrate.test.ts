import { expect, test } from "vitest";
import type { Calibration } from "../../models/calibration.ts";
import { calibrate, type KnownFace } from "./calibrate.ts";
import { fmrAt } from "./calibration.ts";
import { squaredDistance, squaredDistanceOf } from "./distance.ts";
import { quantize } from "./template.ts";

const ABOUT = { modelId: "m", dataset: "synthetic", command: "none" };

/** A reproducible random source: Marsaglia's xorshift32; normal values by Box and Muller. */
function randomSource(seed: number) {
  let state = seed;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** Faces of people. Each picture's embedding is the person's direction plus noise. `pictures` returns the number of a person's pictures. */
function facesOf(people: number, dimension: number, noise: number, pictures: (person: number) => number): KnownFace[] {
  const { normal } = randomSource(2024);
  return Array.from({ length: people }, (_, person) => {
    const own = Array.from({ length: dimension }, normal);
    return Array.from({ length: pictures(person) }, () => {
      const embedding = Float32Array.from(own, (x) => x + noise * normal());
      return { person: `person ${person}`, template: quantize(embedding, "m"), norm: Math.hypot(...embedding) };
    });
  }).flat();
}

/** The rates by definition: the mean, over people or pairs of people, of the share of their picture pairs that match. */
function bruteForce(faces: readonly KnownFace[], distance: number) {
  const people = [...new Set(faces.map(({ person }) => person))];
  const share = (a: string, b: string) => {
    const pairs = faces.flatMap((x, i) =>
      faces
        .slice(i + 1)
        .filter((y) => [x.person, y.person].sort().join() === [a, b].sort().join() && y !== x)
        .map((y) => squaredDistance(x.template, y.template)),
    );
    return pairs.length > 0 ? pairs.filter((d) => d <= distance).length / pairs.length : undefined;
  };
  const mean = (values: (number | undefined)[]) => {
    const known = values.filter((value) => value !== undefined);
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  return {
    fmr: mean(people.flatMap((a, i) => people.slice(i + 1).map((b) => share(a, b)))),
    fnmr: 1 - mean(people.map((a) => share(a, a))),
  };
}

test("the curve equals the rates by definition, and its intervals equal a jackknife over people", () => {
  const faces = facesOf(16, 16, 0.6, (person) => 1 + (person % 3));
  const { curve, people, genuinePairs, impostorPairs } = calibrate(faces, ABOUT);
  expect([people, genuinePairs]).toEqual([16, 5 * 1 + 5 * 3]);
  expect(impostorPairs).toBe((faces.length * (faces.length - 1)) / 2 - genuinePairs);
  expect(curve.length).toBeGreaterThan(10);
  for (const point of [curve[0]!, curve[5]!, curve.at(-1)!]) {
    const { fmr, fnmr } = bruteForce(faces, point.distance);
    expect(point.fmr / fmr).toBeCloseTo(1, 3);
    expect(point.fnmr).toBeCloseTo(fnmr, 3);

    const without = [...new Set(faces.map(({ person }) => person))].map(
      (leftOut) =>
        bruteForce(
          faces.filter(({ person }) => person !== leftOut),
          point.distance,
        ).fmr,
    );
    const error = Math.sqrt((15 / 16) * without.reduce((sum, rate) => sum + (rate - fmr) ** 2, 0));
    expect(point.fmrLow / (fmr * Math.exp((-1.96 * error) / fmr))).toBeCloseTo(1, 2);
    expect(point.fmrHigh).toBeCloseTo(Math.min(1, fmr * Math.exp((1.96 * error) / fmr)), 2);
  }
});

/**
 * The share of pairs of random directions in n dimensions that are nearer than d. Their cosine has the density (1 − c²)^((n−3)/2), which
 * is integrated by Simpson's rule.
 */
function randomDirectionShare(distance: number, dimension: number): number {
  const integral = (from: number) => {
    const [steps, width] = [2000, (1 - from) / 2000];
    let sum = 0;
    for (let i = 0; i <= steps; i++) {
      const cos = Math.min(1, from + i * width);
      sum += (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * (1 - cos * cos) ** ((dimension - 3) / 2);
    }
    return (sum * width) / 3;
  };
  return integral(1 - distance / 2) / integral(-1);
}

test("for random directions the curve matches the exact rates, and the tail is not much too low", () => {
  const calibration = calibrate(
    facesOf(600, 32, 0, () => 1),
    ABOUT,
  );
  const { curve } = calibration;
  for (const { distance, fmrLow, fmrHigh } of curve) {
    expect(fmrLow).toBeLessThan(randomDirectionShare(distance, 32) * 1.01);
    expect(fmrHigh).toBeGreaterThan(randomDirectionShare(distance, 32) * 0.99);
  }
  for (const below of [0.05, 0.1, 0.2]) {
    const distance = squaredDistanceOf(curve[0]!.distance - below);
    const excess = fmrAt(distance, calibration) / randomDirectionShare(distance, 32);
    expect(excess).toBeGreaterThan(0.9);
    expect(excess).toBeLessThan(20);
  }
});

test("equal templates of a person count as one comparison, unrelated ones count separately", () => {
  const independenceWith = (noise: number) =>
    calibrate(
      facesOf(150, 32, noise, () => 3),
      ABOUT,
    ).independence;
  expect(independenceWith(0)).toBeCloseTo(0, 2);
  expect(independenceWith(0.5)).toBeGreaterThan(0.2);
  expect(independenceWith(30)).toBeGreaterThan(0.95);
});

test("the norms are the percentiles of all faces' norms", () => {
  const faces = facesOf(201, 16, 0, () => 1).map((face, i) => ({ ...face, norm: 200 - i }));
  expect(calibrate(faces, ABOUT).norms).toEqual(Array.from({ length: 101 }, (_, i) => 2 * i));
});

test("a calibration with two people is refused", () => {
  expect(() =>
    calibrate(
      facesOf(2, 16, 0, () => 1),
      ABOUT,
    ),
  ).toThrow(RangeError);
});

test("a calibration survives serialization to JSON and is small", () => {
  const calibration: Calibration = calibrate(
    facesOf(60, 16, 0.3, () => 2),
    ABOUT,
  );
  expect(JSON.parse(JSON.stringify(calibration))).toEqual(calibration);
  expect(JSON.stringify(calibration).length).toBeLessThan(10_000);
});
