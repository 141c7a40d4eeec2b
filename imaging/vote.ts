import type { Field } from "./patch-match.ts";
import type { Picture } from "./picture.ts";

/**
 * The picture that the patches of a field make together: each pixel is the mean of what all patches that cover it say,
 * weighted by a Gaussian of the distance to the patch's centre. Kwatra et al. 2005, eq. 2.
 * `sigma` is the Gaussian's deviation in radii of the patch: small keeps strokes sharp, large blends them.
 */
export function vote(field: Field, painting: Picture, radius: number, sigma: number): Picture {
  const { width, height, patches } = field;
  const pixels = width * height;
  const stride = painting.width;
  const colours = interleaved(painting);
  const deviation = radius * sigma;
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * deviation ** 2)),
  );
  const voted = new Float32Array(3 * pixels);
  for (let y = 0, i = 0; y < height; y++) {
    const top = Math.max(0, y - radius);
    const bottom = Math.min(height - 1, y + radius);
    for (let x = 0; x < width; x++, i++) {
      const first = Math.max(0, x - radius);
      const last = Math.min(width - 1, x + radius);
      let total = 0;
      let c0 = 0;
      let c1 = 0;
      let c2 = 0;
      // The patch of the pixel (column, row) has at (x, y) the painting's pixel as far from its centre.
      for (let row = top; row <= bottom; row++) {
        const rowWeight = weights[row - y + radius]!;
        const shift = (y - row) * stride + x;
        for (let column = first; column <= last; column++) {
          const weight = rowWeight * weights[column - x + radius]!;
          const from = 3 * (patches[row * width + column]! + shift - column);
          total += weight;
          c0 += weight * colours[from]!;
          c1 += weight * colours[from + 1]!;
          c2 += weight * colours[from + 2]!;
        }
      }
      voted[i] = c0 / total;
      voted[pixels + i] = c1 / total;
      voted[2 * pixels + i] = c2 / total;
    }
  }
  return { width, height, data: voted };
}

/** [height, width, 3]: a pixel's colour lies together in memory. */
function interleaved({ width, height, data }: Picture): Float32Array {
  const pixels = width * height;
  const colours = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    colours[3 * i] = data[i]!;
    colours[3 * i + 1] = data[pixels + i]!;
    colours[3 * i + 2] = data[2 * pixels + i]!;
  }
  return colours;
}
