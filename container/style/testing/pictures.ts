import type { Picture } from "../../../imaging/picture.ts";
import { randomNumbers } from "../../../imaging/random.ts";

/** The picture with the value f(x, y, c) at each column, row and channel. */
export function pictureFrom(width: number, height: number, f: (x: number, y: number, c: number) => number): Picture {
  const data = new Float32Array(3 * width * height);
  for (let c = 0, i = 0; c < 3; c++)
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data[i++] = f(x, y, c);
  return { width, height, data };
}

/** Soft stripes of many colors, about `period` pixels apart and slightly uneven, so that nothing repeats. */
export const striped = (width: number, height: number, period: number): Picture => {
  const turn = (2 * Math.PI) / period;
  return pictureFrom(
    width,
    height,
    (x, y, c) =>
      0.5 + 0.25 * Math.sin(turn * (x + (0.4 + 0.3 * c) * y)) + 0.2 * Math.cos(turn * (0.31 * x - 0.57 * y) + c),
  );
};

/** Uniform noise in [0, 1). */
export function noise(width: number, height: number, seed: number): Picture {
  const random = randomNumbers(seed);
  return pictureFrom(width, height, random);
}

export const flat = (width: number, height: number, color: readonly number[]): Picture =>
  pictureFrom(width, height, (_x, _y, c) => color[c]!);

/** Σ a·b in float64. */
export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};
