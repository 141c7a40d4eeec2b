import type { Raster } from "./raster.ts";

/** EXIF orientation, 1 to 8: how the stored pixels must be turned to be upright. EXIF 2.32, tag 0x0112. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Orientations 5 to 8 are rotated by 90°: width and height are swapped. */
export const swapsSides = (orientation: Orientation): boolean => orientation >= 5;

/** Turns a picture upright. Returns a new raster, or the same one if it is upright already. */
export function orient(stored: Raster, orientation: Orientation): Raster {
  if (orientation === 1) return stored;
  const { origin, right, down } = walk(stored, orientation);
  const width = swapsSides(orientation) ? stored.height : stored.width;
  const height = swapsSides(orientation) ? stored.width : stored.height;
  const from = new Uint32Array(stored.data.buffer, stored.data.byteOffset, stored.width * stored.height);
  const to = new Uint32Array(width * height);
  for (let y = 0, target = 0; y < height; y++) {
    let source = origin + y * down;
    for (let x = 0; x < width; x++, source += right) to[target++] = from[source]!;
  }
  return { width, height, data: new Uint8Array(to.buffer) };
}

/** The stored index of the upright picture's first pixel, and the strides to its right and lower neighbors. */
function walk({ width, height }: Raster, orientation: Orientation): { origin: number; right: number; down: number } {
  const topRight = width - 1;
  const bottomLeft = width * (height - 1);
  const bottomRight = width * height - 1;
  switch (orientation) {
    case 1:
      return { origin: 0, right: 1, down: width };
    case 2:
      return { origin: topRight, right: -1, down: width };
    case 3:
      return { origin: bottomRight, right: -1, down: -width };
    case 4:
      return { origin: bottomLeft, right: 1, down: -width };
    case 5:
      return { origin: 0, right: width, down: 1 };
    case 6:
      return { origin: bottomLeft, right: -width, down: 1 };
    case 7:
      return { origin: bottomRight, right: -width, down: -1 };
    case 8:
      return { origin: topRight, right: width, down: -1 };
  }
}
