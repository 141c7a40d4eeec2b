import { crop } from "./border.ts";
import { type ColorStatistics, colorStatistics } from "./color.ts";
import type { Picture } from "./picture.ts";
import { resize } from "./resize.ts";

export interface Painting {
  picture: Picture;
  /** The painting's share, relative to the other paintings' weights: > 0. */
  weight: number;
}

/** The share that is cropped from each side, to remove frames, mats and signatures. */
const TRIM = 0.04;
/** The short side of a painting, in short sides of the picture. Above 1, strokes are as wide as in a painting seen from nearer. */
const SCALE = 1.25;
/** The maximum enlargement of a painting. Beyond it, there is only blur instead of strokes. */
const MAX_ENLARGEMENT = 2;
/** Sides are multiples of this and at least this, so that a painting of a few pixels still has a patch. */
const SIDE_MULTIPLE = 8;

/** Crops and scales paintings so that their strokes suit a picture with this short side, to at most `maxPixels` pixels each. */
export function prepared(
  paintings: readonly Painting[],
  shortSide: number,
  maxPixels = Number.POSITIVE_INFINITY,
): Painting[] {
  return paintings.map(({ picture, weight }) => {
    const trimX = Math.round(picture.width * TRIM);
    const trimY = Math.round(picture.height * TRIM);
    const inner = crop(picture, trimX, trimY, picture.width - 2 * trimX, picture.height - 2 * trimY);
    const k = Math.min(
      MAX_ENLARGEMENT,
      (SCALE * shortSide) / Math.min(inner.width, inner.height),
      Math.sqrt(maxPixels / (inner.width * inner.height)),
    );
    const [width, height] = [inner.width, inner.height].map((side) =>
      Math.max(SIDE_MULTIPLE, Math.round((side * k) / SIDE_MULTIPLE) * SIDE_MULTIPLE),
    );
    return { picture: resize(inner, width!, height!), weight };
  });
}

/** Mean and covariance of all paintings' colors, by their weights. */
export function paletteOf(paintings: readonly Painting[]): ColorStatistics {
  const whole = paintings.reduce((sum, { weight }) => sum + weight, 0);
  const each = paintings.map(({ picture, weight }) => ({ ...colorStatistics(picture), share: weight / whole }));
  const blend = (of: (statistics: ColorStatistics) => readonly number[], length: number) =>
    Array.from({ length }, (_, i) => each.reduce((sum, one) => sum + one.share * of(one)[i]!, 0));
  return { mean: blend(({ mean }) => mean, 3), covariance: blend(({ covariance }) => covariance, 9) };
}

/** One picture with all paintings side by side, as a source of patches. Each is cropped to a width proportional to its weight. */
export function sideBySide(paintings: readonly Painting[]): Picture {
  const [first] = paintings;
  if (!first) throw new Error("There is no painting. Pass at least one.");
  if (paintings.length === 1) return first.picture;
  const maxWeight = Math.max(...paintings.map(({ weight }) => weight));
  const height = Math.min(...paintings.map(({ picture }) => picture.height));
  const parts = paintings.map(({ picture, weight }) =>
    crop(picture, 0, 0, Math.max(1, Math.round((picture.width * weight) / maxWeight)), height),
  );
  const width = parts.reduce((sum, part) => sum + part.width, 0);
  const data = new Float32Array(3 * width * height);
  let left = 0;
  for (const part of parts) {
    for (let row = 0; row < 3 * height; row++)
      data.set(part.data.subarray(row * part.width, (row + 1) * part.width), row * width + left);
    left += part.width;
  }
  return { width, height, data };
}
