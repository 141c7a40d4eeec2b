import type { Field } from "./patch-match.ts";
import type { Picture } from "./picture.ts";

/**
 * Builds a picture from the patches of a field: each pixel is the mean over all patches that cover it, weighted by a Gaussian of
 * the distance to the patch's center. Kwatra et al. 2005, eq. 2. `sigma` is the Gaussian's standard deviation in patch radii:
 * a small one keeps strokes sharp, a large one blends them. The result is written into `voted`.
 */
export function vote(
  field: Field,
  painting: Colors,
  radius: number,
  sigma: number,
  voted: Float32Array = new Float32Array(3 * field.width * field.height),
): Picture {
  const { width, height, patches } = field;
  const pixels = width * height;
  const stride = painting.width;
  const colours = painting.data;
  const runs = runsOf(field);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * (radius * sigma) ** 2)),
  );
  for (let y = 0, i = 0; y < height; y++) {
    const top = Math.max(0, y - radius);
    const bottom = Math.min(height - 1, y + radius);
    const rowTotal = sum(weights, top - y + radius, bottom - y + radius);
    for (let x = 0; x < width; x++, i++) {
      const first = Math.max(0, x - radius);
      const last = Math.min(width - 1, x + radius);
      const columnTotal = sum(weights, first - x + radius, last - x + radius);
      let c0 = 0;
      let c1 = 0;
      let c2 = 0;
      for (let row = top; row <= bottom; row++) {
        // At (x, y), the patch of pixel (column, row) has the painting's pixel at the same offset from the patch's center.
        const shift = (y - row) * stride + x;
        const rowWeight = weights[row - y + radius]!;
        // If a row's patches continue one another, they all vote for the same pixel.
        const single = runs[row * width + last]! >= last - first;
        for (let column = single ? last : first; column <= last; column++) {
          const weight = rowWeight * (single ? columnTotal : weights[column - x + radius]!);
          const from = 3 * (patches[row * width + column]! + shift - column);
          c0 += weight * colours[from]!;
          c1 += weight * colours[from + 1]!;
          c2 += weight * colours[from + 2]!;
        }
      }
      const share = 1 / (rowTotal * columnTotal);
      voted[i] = share * c0;
      voted[pixels + i] = share * c1;
      voted[2 * pixels + i] = share * c2;
    }
  }
  return { width, height, data: voted };
}

/** For each pixel, the number of pixels to its left whose patches are contiguous with its own; at most 255. */
function runsOf({ width, height, patches }: Field): Uint8Array {
  const runs = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let i = y * width + 1; i < (y + 1) * width; i++)
      if (patches[i] === patches[i - 1]! + 1) runs[i] = Math.min(255, runs[i - 1]! + 1);
  return runs;
}

function sum(weights: Float64Array, first: number, last: number): number {
  let total = 0;
  for (let i = first; i <= last; i++) total += weights[i]!;
  return total;
}

/** A picture as [height, width, 3]: the channels of a pixel are adjacent in memory. */
export interface Colors {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export function interleaved({ width, height, data }: Picture): Colors {
  const pixels = width * height;
  const colours = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    colours[3 * i] = data[i]!;
    colours[3 * i + 1] = data[pixels + i]!;
    colours[3 * i + 2] = data[2 * pixels + i]!;
  }
  return { width, height, data: colours };
}
