import type { Picture } from "../../imaging/picture.ts";

/**
 * The canvas is shifted by one of these at each step, so that the strides of the net leave no dot pattern. Four shifts
 * are too few.
 */
export const SHIFTS = Array.from({ length: 8 }, (_, i) => ({ x: i, y: (3 * i) % 8 }));
const MAX_SHIFT = 7;

/**
 * The maximum side of a window. Larger canvases need several windows, because the activations and gradients of one take
 * about 0.6 GB.
 */
const MAX_WINDOW = 384;
/** The overlap of neighboring windows in pixels: most of the receptive field of mixed2. */
const OVERLAP = 64;

/** Windows of equal size that together cover a canvas at every shift. */
export interface Windows {
  readonly width: number;
  readonly height: number;
  /** Top-left corners at shift 0. */
  readonly origins: readonly { x: number; y: number }[];
}

export function windowsOver(canvas: { width: number; height: number }, largest = MAX_WINDOW): Windows {
  const across = windowsAlong(canvas.width, largest);
  const down = windowsAlong(canvas.height, largest);
  return {
    width: across.size,
    height: down.size,
    origins: down.starts.flatMap((y) => across.starts.map((x) => ({ x, y }))),
  };
}

function windowsAlong(length: number, largest: number): { size: number; starts: number[] } {
  const visible = length - MAX_SHIFT;
  if (visible <= largest) return { size: visible, starts: [0] };
  const count = Math.ceil((visible - OVERLAP) / (largest - OVERLAP));
  const size = Math.ceil((visible + (count - 1) * OVERLAP) / count);
  return { size, starts: Array.from({ length: count }, (_, i) => Math.round((i * (visible - size)) / (count - 1))) };
}

export interface PlacedGradient extends Picture {
  x: number;
  y: number;
}

/** Puts the gradients of windows on the canvas and averages them where windows overlap. */
export function averageGradients(canvas: Picture, parts: readonly PlacedGradient[]): Float32Array {
  const { width, height } = canvas;
  const sum = { width, height, data: new Float32Array(3 * width * height) };
  for (const part of parts) addAt(sum, part, part.x, part.y);
  if (parts.length > 1) {
    const windowCount = { width, height, data: new Float32Array(3 * width * height) };
    for (const part of parts)
      addAt(windowCount, { ...part, data: new Float32Array(part.data.length).fill(1) }, part.x, part.y);
    for (let i = 0; i < sum.data.length; i++) sum.data[i]! /= Math.max(1, windowCount.data[i]!);
  }
  return sum.data;
}

/** Adds a window's planes to the canvas at (x, y). */
function addAt(canvas: Picture, window: Picture, x: number, y: number): void {
  for (let channel = 0; channel < 3; channel++)
    for (let row = 0; row < window.height; row++) {
      const from = (channel * window.height + row) * window.width;
      const to = (channel * canvas.height + y + row) * canvas.width + x;
      for (let i = 0; i < window.width; i++) canvas.data[to + i]! += window.data[from + i]!;
    }
}
