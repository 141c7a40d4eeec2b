import type { Field } from "./patch-match.ts";
import type { Picture } from "./picture.ts";

/**
 * The picture that the patches of a field make together: each pixel is the mean of what all patches that cover it say,
 * weighted by a Gaussian of the distance to the patch's centre. Kwatra et al. 2005, eq. 2.
 * `sigma` is the Gaussian's deviation in radii of the patch: small keeps strokes sharp, large blends them. The result is
 * written into `voted`.
 */
export function vote(
  field: Field,
  painting: Colours,
  radius: number,
  sigma: number,
  voted: Float32Array = new Float32Array(3 * field.width * field.height),
): Picture {
  const { width, height, patches } = field;
  const pixels = width * height;
  const stride = painting.width;
  const colours = painting.data;
  const together = runsOf(field);
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
        // The patch of the pixel (column, row) has at (x, y) the painting's pixel that lies as far from its centre.
        const shift = (y - row) * stride + x;
        const rowWeight = weights[row - y + radius]!;
        // Where a row's patches continue one another they all say the same.
        const single = together[row * width + last]! >= last - first;
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

/** How many pixels to the left of each one have patches that lie side by side with its own, at most 255. */
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

/** A picture as [height, width, 3]: a pixel's colour lies together in memory. */
export interface Colours {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export function interleaved({ width, height, data }: Picture): Colours {
  const pixels = width * height;
  const colours = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    colours[3 * i] = data[i]!;
    colours[3 * i + 1] = data[pixels + i]!;
    colours[3 * i + 2] = data[2 * pixels + i]!;
  }
  return { width, height, data: colours };
}
