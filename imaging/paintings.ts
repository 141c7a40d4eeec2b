import { crop } from "./border.ts";
import { type ColourStatistics, colourStatistics } from "./colour.ts";
import type { Picture } from "./picture.ts";
import { resize } from "./resize.ts";

export interface Painting {
  picture: Picture;
  /** Its share among the paintings, > 0. */
  weight: number;
}

/** Frames, mats and signatures at the edge: this part of each side is cut off. */
const TRIM = 0.04;
/** The short side of a painting, in short sides of the picture: strokes as wide as in a painting seen a little nearer. */
const SCALE = 1.25;
/** A painting is enlarged up to this: beyond it has no strokes to give, only blur. */
const MOST_ENLARGED = 2;
/** Sides are multiples of this, the least one as well, so that a painting of a few pixels still has a patch. */
const UNIT = 8;

/** Paintings as large as the strokes in a picture of this short side should be, but of `mostPixels` at most. */
export function prepared(
  paintings: readonly Painting[],
  shortSide: number,
  mostPixels = Number.POSITIVE_INFINITY,
): Painting[] {
  return paintings.map(({ picture, weight }) => {
    const trimX = Math.round(picture.width * TRIM);
    const trimY = Math.round(picture.height * TRIM);
    const inner = crop(picture, trimX, trimY, picture.width - 2 * trimX, picture.height - 2 * trimY);
    const k = Math.min(
      MOST_ENLARGED,
      (SCALE * shortSide) / Math.min(inner.width, inner.height),
      Math.sqrt(mostPixels / (inner.width * inner.height)),
    );
    const [width, height] = [inner.width, inner.height].map((side) =>
      Math.max(UNIT, Math.round((side * k) / UNIT) * UNIT),
    );
    return { picture: resize(inner, width!, height!), weight };
  });
}

/** Mean and covariance of all paintings' colours, by their weights. */
export function paletteOf(paintings: readonly Painting[]): ColourStatistics {
  const whole = paintings.reduce((sum, { weight }) => sum + weight, 0);
  const each = paintings.map(({ picture, weight }) => ({ ...colourStatistics(picture), share: weight / whole }));
  const blend = (of: (statistics: ColourStatistics) => readonly number[], length: number) =>
    Array.from({ length }, (_, i) => each.reduce((sum, one) => sum + one.share * of(one)[i]!, 0));
  return { mean: blend(({ mean }) => mean, 3), covariance: blend(({ covariance }) => covariance, 9) };
}

/** One picture that holds them all side by side, each cut to a width that goes by its weight: patches are taken from it. */
export function sideBySide(paintings: readonly Painting[]): Picture {
  const [first] = paintings;
  if (!first) throw new Error("No painting was given.");
  if (paintings.length === 1) return first.picture;
  const greatest = Math.max(...paintings.map(({ weight }) => weight));
  const height = Math.min(...paintings.map(({ picture }) => picture.height));
  const parts = paintings.map(({ picture, weight }) =>
    crop(picture, 0, 0, Math.max(1, Math.round((picture.width * weight) / greatest)), height),
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
