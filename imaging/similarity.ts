export interface Point {
  x: number;
  y: number;
}

/** Rotation, uniform scaling and translation: x' = a·x − b·y + tx, y' = b·x + a·y + ty. Never a reflection. */
export interface Similarity {
  a: number;
  b: number;
  tx: number;
  ty: number;
}

/**
 * The similarity that maps `from` closest to `to`: it minimizes Σ‖S(fromᵢ) − toᵢ‖². In complex numbers, with both sets
 * centered, a + bi = Σ conj(zᵢ)·wᵢ / Σ|zᵢ|². This is Umeyama 1991 for two dimensions, without reflection.
 */
export function similarityBetween(from: readonly Point[], to: readonly Point[]): Similarity {
  const p = centroid(from);
  const q = centroid(to);
  let real = 0;
  let imaginary = 0;
  let spread = 0;
  for (const [i, point] of from.entries()) {
    const x = point.x - p.x;
    const y = point.y - p.y;
    const u = to[i]!.x - q.x;
    const v = to[i]!.y - q.y;
    real += x * u + y * v;
    imaginary += x * v - y * u;
    spread += x * x + y * y;
  }
  if (spread === 0) return { a: 1, b: 0, tx: q.x - p.x, ty: q.y - p.y };
  const a = real / spread;
  const b = imaginary / spread;
  return { a, b, tx: q.x - a * p.x + b * p.y, ty: q.y - b * p.x - a * p.y };
}

export const transformed = ({ a, b, tx, ty }: Similarity, { x, y }: Point): Point => ({
  x: a * x - b * y + tx,
  y: b * x + a * y + ty,
});

/** S⁻¹. Throws if the similarity maps everything to one point. */
export function inverseOf({ a, b, tx, ty }: Similarity): Similarity {
  const square = a * a + b * b;
  if (square === 0) throw new RangeError("This similarity has no inverse.");
  const c = a / square;
  const d = -b / square;
  return { a: c, b: d, tx: -(c * tx - d * ty), ty: -(d * tx + c * ty) };
}

function centroid(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x;
    y += point.y;
  }
  return { x: x / points.length, y: y / points.length };
}
