/** The box of a face, in pixels of the picture. */
export interface FaceBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Radius of a face's mask, in half heights of its box. */
const REACH = 1.1;

/**
 * A soft mask [height, width] in [0, 1] of faces: exp(−(d²/r²)²) around the center of each box, flat inside and near 0 at 1.5 r.
 * `scale` is the mask's pixels per pixel of the boxes. `border` is the width of the mask's border, in pixels.
 */
export function faceMask(
  faces: readonly FaceBox[],
  { width, height, scale = 1, border = 0 }: { width: number; height: number; scale?: number; border?: number },
): Float32Array {
  const mask = new Float32Array(width * height);
  for (const face of faces) {
    const centerX = (face.x + face.width / 2) * scale + border;
    const centerY = (face.y + face.height / 2) * scale + border;
    const radius = (REACH * face.height * scale) / 2;
    const reach = Math.ceil(2 * radius);
    for (let y = Math.max(0, Math.floor(centerY - reach)); y < Math.min(height, centerY + reach); y++)
      for (let x = Math.max(0, Math.floor(centerX - reach)); x < Math.min(width, centerX + reach); x++) {
        const squared = ((x - centerX) ** 2 + (y - centerY) ** 2) / radius ** 2;
        mask[y * width + x] = Math.max(mask[y * width + x]!, Math.exp(-(squared ** 2)));
      }
  }
  return mask;
}
