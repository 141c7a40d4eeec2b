/** A known point of a function. */
export interface Knot {
  x: number;
  y: number;
}

/** Interpolates linearly between knots with strictly rising x. Outside them it returns the first or last y; at a knot exactly its y. */
export function interpolate(knots: readonly Knot[], x: number): number {
  const after = knots.findIndex((knot) => knot.x > x);
  if (after === 0 || knots.length === 0) return knots[0]?.y ?? Number.NaN;
  const lower = knots.at(after === -1 ? -1 : after - 1)!;
  const upper = knots[after];
  return upper ? lower.y + ((upper.y - lower.y) * (x - lower.x)) / (upper.x - lower.x) : lower.y;
}
