import type { Picture } from "./picture.ts";

/** Where a picture's first pixel lies in a larger one, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Distances of the lattice's points in pixels, each octave as strong as the others. */
const CELLS = [4, 8, 16] as const;

/**
 * The picture with smooth grey noise laid over it, deviation about `amount`: value noise of three octaves. It depends on a
 * pixel's place alone, so parts of a picture that are grained apart, each told its place, fit together. The result may leave
 * [0, 1].
 */
export function grained({ width, height, data }: Picture, amount: number, at: Place = { x: 0, y: 0 }): Picture {
  if (amount === 0) return { width, height, data };
  const noise = new Float32Array(width * height);
  for (const [octave, cell] of CELLS.entries()) addOctave(noise, width, height, cell, octave, at);
  // Numbers even in [−1, 1] vary by 1/3; between the lattice's points smoothing leaves about half of it.
  const scale = amount / Math.sqrt(CELLS.length / 6);
  const result = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = data[i]! + scale * noise[i % noise.length]!;
  return { width, height, data: result };
}

function addOctave(noise: Float32Array, width: number, height: number, cell: number, octave: number, at: Place): void {
  for (let row = 0; row < height; row++) {
    const v = (row + at.y) / cell;
    const cellY = Math.floor(v);
    const down = smooth(v - cellY);
    let above = 0;
    let below = 0;
    let nextAbove = 0;
    let nextBelow = 0;
    let known: number | undefined;
    for (let column = 0; column < width; column++) {
      const u = (column + at.x) / cell;
      const cellX = Math.floor(u);
      if (cellX !== known) {
        above = lattice(cellX, cellY, octave);
        below = lattice(cellX, cellY + 1, octave);
        nextAbove = lattice(cellX + 1, cellY, octave);
        nextBelow = lattice(cellX + 1, cellY + 1, octave);
        known = cellX;
      }
      const across = smooth(u - cellX);
      const left = above + down * (below - above);
      const right = nextAbove + down * (nextBelow - nextAbove);
      noise[row * width + column]! += left + across * (right - left);
    }
  }
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
