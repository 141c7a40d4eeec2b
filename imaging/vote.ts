import type { Field } from "./patch-match.ts";
import type { Picture } from "./picture.ts";

/**
 * The picture that the patches of a field make together: each pixel is the mean of what all patches that cover it say,
 * weighted by a Gaussian of the distance to the patch's centre. Kwatra et al. 2005, eq. 2.
 * `sigma` is the Gaussian's deviation in radii of the patch: small keeps strokes sharp, large blends them.
 */
export function vote(field: Field, painting: Picture, radius: number, sigma: number): Picture {
  const { width, height, x, y } = field;
  const pixels = width * height;
  const source = painting.width * painting.height;
  const deviation = Math.max(radius, 1) * sigma;
  const side = 2 * radius + 1;
  const weights = Float32Array.from({ length: side }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * deviation ** 2)));
  const sums = new Float32Array(3 * pixels);
  const total = new Float32Array(pixels);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const patch = y[row * width + column]! * painting.width + x[row * width + column]!;
      for (let dy = Math.max(-radius, -row); dy <= radius && row + dy < height; dy++) {
        for (let dx = Math.max(-radius, -column); dx <= radius && column + dx < width; dx++) {
          const weight = weights[dy + radius]! * weights[dx + radius]!;
          const to = (row + dy) * width + column + dx;
          const from = patch + dy * painting.width + dx;
          for (let channel = 0; channel < 3; channel++)
            sums[channel * pixels + to] =
              sums[channel * pixels + to]! + weight * painting.data[channel * source + from]!;
          total[to] = total[to]! + weight;
        }
      }
    }
  }
  for (let i = 0; i < 3 * pixels; i++) sums[i] = sums[i]! / total[i % pixels]!;
  return { width, height, data: sums };
}
