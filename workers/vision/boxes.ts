/** A rectangle in pixels, x and y of its top-left corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Scored {
  box: Box;
  /** How sure the detector is, in [0, 1]. */
  confidence: number;
}

const area = (box: Box): number => box.width * box.height;

/** Area that two boxes share, in square pixels. */
function intersection(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Shared area by the area of both together, in [0, 1]. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const shared = intersection(a, b);
  return shared / (area(a) + area(b) - shared);
}

/** Shared area by the area of the smaller, in [0, 1]: 1 if one lies in the other. */
export const intersectionOverSmaller = (a: Box, b: Box): number => intersection(a, b) / Math.min(area(a), area(b));

/** Non-maximum suppression: the surest first, none that overlaps a surer one by more than `limit`. */
export function suppress<T extends Scored>(
  candidates: readonly T[],
  limit: number,
  overlap: (a: Box, b: Box) => number = intersectionOverUnion,
): T[] {
  const kept: T[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.confidence - a.confidence)) {
    if (kept.every((better) => overlap(better.box, candidate.box) <= limit)) kept.push(candidate);
  }
  return kept;
}

/** The square about the box's centre with its longer side. */
export function squared({ x, y, width, height }: Box): Box {
  const side = Math.max(width, height);
  return { x: x + (width - side) / 2, y: y + (height - side) / 2, width: side, height: side };
}
