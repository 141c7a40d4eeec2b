import { distanceOfDot, type SquaredDistance } from "../../matching/distance.ts";

/** A row of the index near a query. */
export interface Near {
  position: number;
  distance: SquaredDistance;
}

export interface SearchOptions {
  /** Farther rows are left out. */
  maxDistance?: SquaredDistance;
  /** What a row belongs to: each group is answered by its nearest row alone. */
  group?: (position: number) => string | number;
}

/** A cosine's error where the kernel compares in float32: two roundings of 2⁻²⁴ each, and the bound's own, with room. */
const SLACK = 1e-6;

/** The k rows nearest to one query so far. Rows are offered in the order of their positions. */
export class Nearest {
  /** Nearest first. */
  readonly rows: Near[] = [];
  readonly #groups: (string | number)[] = [];
  readonly #scale: number;
  readonly #k: number;
  readonly #maxDistance: number;
  readonly #group: SearchOptions["group"];

  /** `scale` is the query's. */
  constructor(scale: number, k: number, { maxDistance = 4 as SquaredDistance, group }: SearchOptions) {
    this.#scale = scale;
    this.#k = k;
    this.#maxDistance = maxDistance;
    this.#group = group;
  }

  /** Whoever has a lesser dot product times its own scale is not among the nearest: cos = 1 − d/2, without the query's scale. */
  get least(): number {
    if (this.#k < 1) return Number.POSITIVE_INFINITY;
    const farthest = this.rows.length < this.#k ? this.#maxDistance : this.rows[this.#k - 1]!.distance;
    return (1 - farthest / 2 - SLACK) / this.#scale;
  }

  /** Takes a row in, by its dot product with the query and its own scale, if it is nearer than what is there. */
  offer(position: number, dot: number, scale: number): void {
    const { rows } = this;
    const distance = distanceOfDot(dot, scale, this.#scale);
    // Positions rise, so that of two equally near rows the one that is there stays before the other.
    if (distance > this.#maxDistance || (rows.length === this.#k && distance >= rows[this.#k - 1]!.distance)) return;
    const group = this.#group?.(position) ?? position;
    const sameGroup = this.#group ? this.#groups.indexOf(group) : -1;
    if (sameGroup >= 0) {
      if (distance >= rows[sameGroup]!.distance) return;
      this.#drop(sameGroup);
    } else if (rows.length === this.#k) this.#drop(this.#k - 1);

    let at = rows.length;
    while (at > 0 && rows[at - 1]!.distance > distance) at--;
    rows.splice(at, 0, { position, distance });
    this.#groups.splice(at, 0, group);
  }

  #drop(at: number): void {
    this.rows.splice(at, 1);
    this.#groups.splice(at, 1);
  }
}
