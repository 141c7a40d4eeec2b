import { crop } from "../../imaging/border.ts";
import { type ColorStatistics, clamped, transferColors } from "../../imaging/color.ts";
import { grained } from "../../imaging/grain.ts";
import { type Picture, pictureOf, rasterOf } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { resize } from "../../imaging/resize.ts";
import type { FloatTensor } from "../engine/run.ts";

/** Short sides of a photograph, in crop sizes: from the whole scene to a part of it. */
const SCALES = [1.1, 1.7, 2.6] as const;
/** The maximum enlargement of a photograph. Larger ones show no more detail. */
const MAX_ENLARGEMENT = 1.4;
/** The maximum useful short side of a photograph, in crop sizes: three times the largest of SCALES. */
const MAX_SHORT_SIDE = 8;
/** Grain is taken at random offsets below this, as if the crops were anywhere in a picture of this size. */
const GRAIN_OFFSET_LIMIT = 1 << 16;
/** Maximum random changes: contrast is multiplied by 1 ± `contrast`, brightness changes by ± `brightness`. */
const JITTER = { contrast: 0.15, brightness: 0.05 };

/**
 * Shrinks a photograph to the maximum useful size for crops of `size`, so that a folder of large photographs fits into
 * memory.
 */
export function limitSize(photograph: Raster, size: number): Raster {
  const { width, height } = photograph;
  const k = (MAX_SHORT_SIDE * size) / Math.min(width, height);
  if (k >= 1) return photograph;
  return rasterOf(resize(pictureOf(photograph), Math.round(width * k), Math.round(height * k)));
}

/** A photograph with the painting's colors, at one or more sizes. */
export type Scales = readonly Picture[];

/** Prepares a photograph for training: with the painting's colors, at the sizes from which crops are taken. */
export function scalesOf(photograph: Picture, colours: ColorStatistics, size: number): Scales {
  const short = Math.min(photograph.width, photograph.height);
  const sides = SCALES.map((scale) => Math.round(scale * size));
  const usable = sides.filter((side, i) => i === 0 || side <= MAX_ENLARGEMENT * short);
  return usable.map((side) => {
    const k = side / short;
    const small = resize(photograph, Math.round(photograph.width * k), Math.round(photograph.height * k));
    return clamped(transferColors(small, colours));
  });
}

/** Crops [count, 3, size, size]: `plain` for the content loss, and `grained` as the net's input. */
export interface Batch {
  readonly plain: FloatTensor;
  readonly grained: FloatTensor;
}

/** Random square crops of random photographs, some mirrored, with slightly changed contrast and brightness. */
export function drawBatch(
  photographs: readonly Scales[],
  { count, size, grain }: { count: number; size: number; grain: number },
  random: () => number,
): Batch {
  const numbers = 3 * size * size;
  const emptyBatch = () => ({ shape: [count, 3, size, size], data: new Float32Array(count * numbers) });
  const batch = { plain: emptyBatch(), grained: emptyBatch() };
  for (let i = 0; i < count; i++) {
    const picture = drawCrop(photographs, size, random);
    const place = { x: Math.floor(random() * GRAIN_OFFSET_LIMIT), y: Math.floor(random() * GRAIN_OFFSET_LIMIT) };
    batch.plain.data.set(clamped(picture).data, i * numbers);
    batch.grained.data.set(clamped(grained(picture, grain, place)).data, i * numbers);
  }
  return batch;
}

function drawCrop(photographs: readonly Scales[], size: number, random: () => number): Picture {
  const pickRandom = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  const picture = pickRandom(pickRandom(photographs));
  const x = Math.floor(random() * (picture.width - size + 1));
  const y = Math.floor(random() * (picture.height - size + 1));
  const { data } = crop(picture, x, y, size, size);
  const mirrored = random() < 0.5;
  const contrast = 1 + JITTER.contrast * (2 * random() - 1);
  const brightness = JITTER.brightness * (2 * random() - 1);
  for (let row = 0; row < data.length; row += size) {
    const line = data.subarray(row, row + size);
    if (mirrored) line.reverse();
    for (let i = 0; i < size; i++) line[i] = 0.5 + contrast * (line[i]! - 0.5) + brightness;
  }
  return { width: size, height: size, data };
}
