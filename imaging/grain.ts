import type { Picture } from "./picture.ts";

/** Where a picture's first pixel lies in a larger one, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Lattices of points: their distance in pixels, and by how much they are turned, in radians, lest rows of them be seen. */
const LATTICES = [
  { cell: 5, turn: 0.46 },
  { cell: 13, turn: 1.1 },
] as const;

/**
 * The picture with smooth grey noise laid over it, deviation about `amount`: value noise of two octaves. It depends on a
 * pixel's place alone, so parts of a picture that are grained apart, each told its place, fit together. The result may leave
 * [0, 1].
 */
export function grained({ width, height, data }: Picture, amount: number, at: Place = { x: 0, y: 0 }): Picture {
  const noise = grainOf({ width, height }, amount, at);
  const result = new Float32Array(data.length);
  for (let channel = 0; channel < data.length; channel += noise.length)
    for (let i = 0; i < noise.length; i++) result[channel + i] = data[channel + i]! + noise[i]!;
  return { width, height, data: result };
}

/** What {@link grained} lays over a picture, [height, width]. */
export function grainOf({ width, height }: Pick<Picture, "width" | "height">, amount: number, at: Place): Float32Array {
  const noise = new Float32Array(width * height);
  if (amount === 0) return noise;
  for (const octave of LATTICES.keys()) addOctave(noise, width, octave, at);
  // Numbers even in [−1, 1] vary by 1/3; smoothed between the lattice's points about half of it is left.
  const scale = amount / Math.sqrt(LATTICES.length / 6);
  for (let i = 0; i < noise.length; i++) noise[i] = scale * noise[i]!;
  return noise;
}

/** Value noise: random numbers on a lattice, smoothly joined. */
function addOctave(noise: Float32Array, width: number, octave: number, at: Place): void {
  const { cell, turn } = LATTICES[octave]!;
  const [along, aside] = [Math.cos(turn) / cell, Math.sin(turn) / cell];
  const columnOf = (x: number, y: number) => Math.floor(along * x + aside * y);
  const rowOf = (x: number, y: number) => Math.floor(along * y - aside * x);
  const [right, bottom] = [at.x + width, at.y + noise.length / width];
  // Both turns are below a right angle: the corners say how far the lattice is seen.
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

/** The lattice's numbers from its corner at the top left to the one at the bottom right. */
function latticePoints(octave: number, { left, top, right, bottom }: Extent) {
  const stride = right - left + 1;
  const values = new Float64Array(stride * (bottom - top + 1));
  let next = 0;
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) values[next++] = lattice(column, row, octave);
  return { values, stride };
}

/** 3t² − 2t³: level at both ends, so that no lattice is seen. Perlin 1985. */
const smooth = (t: number): number => t * t * (3 - 2 * t);

/** A number in [−1, 1) for each point of the lattice: its coordinates through the mixer of MurmurHash3. */
function lattice(x: number, y: number, octave: number): number {
  let h = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(octave + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2147483648 - 1;
}
