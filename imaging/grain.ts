import type { Picture } from "./picture.ts";

/** The position of a picture's first pixel in a larger picture, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The lattices: spacing in pixels, and rotation in radians, which keeps their rows from being visible. */
const LATTICES = [
  { cell: 5, turn: 0.46 },
  { cell: 13, turn: 1.1 },
] as const;

/**
 * Adds smooth gray noise with a standard deviation of about `amount`: value noise of two octaves. The noise depends only on a
 * pixel's position, so parts of a picture that are grained separately, each with its own `at`, fit together. The result can
 * leave [0, 1].
 */
export function grained({ width, height, data }: Picture, amount: number, at: Place = { x: 0, y: 0 }): Picture {
  const noise = grainOf({ width, height }, amount, at);
  const result = new Float32Array(data.length);
  for (let channel = 0; channel < data.length; channel += noise.length)
    for (let i = 0; i < noise.length; i++) result[channel + i] = data[channel + i]! + noise[i]!;
  return { width, height, data: result };
}

/** The noise that {@link grained} adds, [height, width]. */
export function grainOf({ width, height }: Pick<Picture, "width" | "height">, amount: number, at: Place): Float32Array {
  const noise = new Float32Array(width * height);
  if (amount === 0) return noise;
  for (const octave of LATTICES.keys()) addOctave(noise, width, octave, at);
  // Uniform numbers in [−1, 1] have variance 1/3; interpolation between lattice points leaves about half of it.
  const scale = amount / Math.sqrt(LATTICES.length / 6);
  for (let i = 0; i < noise.length; i++) noise[i] = scale * noise[i]!;
  return noise;
}

/** Value noise: random numbers on a lattice, interpolated smoothly. */
function addOctave(noise: Float32Array, width: number, octave: number, at: Place): void {
  const { cell, turn } = LATTICES[octave]!;
  const [along, aside] = [Math.cos(turn) / cell, Math.sin(turn) / cell];
  const columnOf = (x: number, y: number) => Math.floor(along * x + aside * y);
  const rowOf = (x: number, y: number) => Math.floor(along * y - aside * x);
  const [right, bottom] = [at.x + width, at.y + noise.length / width];
  // Both rotations are below 90°, so the corners determine which part of the lattice is needed.
  const [left, top] = [columnOf(at.x, at.y), rowOf(right, at.y)];
  const { values, stride } = latticePoints(octave, {
    left,
    top,
    right: columnOf(right, bottom) + 1,
    bottom: rowOf(at.x, bottom) + 1,
  });
  for (let i = 0, y = at.y; i < noise.length; y++) {
    for (let x = at.x; x < right; x++, i++) {
      const u = along * x + aside * y;
      const v = along * y - aside * x;
      const column = Math.floor(u);
      const row = Math.floor(v);
      const point = (row - top) * stride + column - left;
      const first = values[point]!;
      const third = values[point + stride]!;
      const across = smooth(u - column);
      const above = first + across * (values[point + 1]! - first);
      const below = third + across * (values[point + stride + 1]! - third);
      noise[i] = noise[i]! + above + smooth(v - row) * (below - above);
    }
  }
}

interface Extent {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The lattice's numbers within an extent, whose corners are inclusive. */
function latticePoints(octave: number, { left, top, right, bottom }: Extent) {
  const stride = right - left + 1;
  const values = new Float64Array(stride * (bottom - top + 1));
  let next = 0;
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) values[next++] = lattice(column, row, octave);
  return { values, stride };
}

/** 3t² − 2t³: its slope is 0 at both ends, so that the lattice is not visible. Perlin 1985. */
const smooth = (t: number): number => t * t * (3 - 2 * t);

/** A number in [−1, 1) for each lattice point: its coordinates, hashed with MurmurHash3's mixer. */
function lattice(x: number, y: number, octave: number): number {
  let h = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(octave + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2147483648 - 1;
}
