import type { Box } from "./boxes.ts";

/** The next face may be this prominent at most, for the first to be meant beyond doubt. */
const MOST_RIVAL = 0.6;

/**
 * How much a face stands out in a picture: its width, less the farther it is from the centre.
 */
export function prominence(box: Box, picture: { width: number; height: number }): number {
  const dx = box.x + box.width / 2 - picture.width / 2;
  const dy = box.y + box.height / 2 - picture.height / 2;
  const distance = Math.hypot(dx, dy) / Math.hypot(picture.width / 2, picture.height / 2);
  return Math.sqrt(box.width * box.height) * (1 - distance);
}

/** Faces, the most prominent first. */
export function byProminence<T extends { box: Box }>(
  faces: readonly T[],
  picture: { width: number; height: number },
): T[] {
  return faces.toSorted((a, b) => prominence(b.box, picture) - prominence(a.box, picture));
}

/** Is the first of several boxes, the most prominent first, the one that is meant? */
export function dominates(boxes: readonly Box[], picture: { width: number; height: number }): boolean {
  const [first, second] = boxes;
  if (!first || !second) return first !== undefined;
  return prominence(second, picture) <= MOST_RIVAL * prominence(first, picture);
}
