/** A rectangle in pixels. x and y are its top-left corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Scored {
  box: Box;
  /** The detector's confidence, in [0, 1]. */
  confidence: number;
}

const area = (box: Box): number => box.width * box.height;

/** The area of the intersection of two boxes, in square pixels. */
function intersection(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** The area of the intersection divided by the area of the union, in [0, 1]. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const shared = intersection(a, b);
  return shared / (area(a) + area(b) - shared);
}

/** The area of the intersection divided by the area of the smaller box, in [0, 1]. It is 1 if one box contains the other. */
export const intersectionOverSmaller = (a: Box, b: Box): number => intersection(a, b) / Math.min(area(a), area(b));

/** Non-maximum suppression: drops each box that overlaps a more confident one by more than `limit`. Most confident first. */
export function suppressOverlaps<T extends Scored>(
  candidates: readonly T[],
  limit: number,
  overlap: (a: Box, b: Box) => number = intersectionOverUnion,
): T[] {
  const kept: T[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.confidence - a.confidence)) {
    if (kept.every((other) => overlap(other.box, candidate.box) <= limit)) kept.push(candidate);
  }
  return kept;
}

/** The square with the center of the box and its longer side. */
export function toSquare({ x, y, width, height }: Box): Box {
  const side = Math.max(width, height);
  return { x: x + (width - side) / 2, y: y + (height - side) / 2, width: side, height: side };
}
