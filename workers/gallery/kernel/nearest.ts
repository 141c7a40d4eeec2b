import { distanceOfDot, type SquaredDistance } from "../../matching/distance.ts";

/** A row of the index near a query. */
export interface NearRow {
  position: number;
  distance: SquaredDistance;
}

export interface SearchOptions {
  /** Rows that are farther away are left out. */
  maxDistance?: SquaredDistance;
  /** The group of a row, such as its subject. Only the nearest row of each group is returned. */
  group?: (position: number) => string | number;
}

/**
 * An upper bound of a cosine's rounding error when the kernel compares in float32: two roundings of 2⁻²⁴ each and that of the bound, with
 * some reserve.
 */
const ROUNDING_MARGIN = 1e-6;

/** The k rows nearest to one query so far. Rows must be offered in the order of their positions. */
export class Nearest {
  /** Nearest first. */
  readonly rows: NearRow[] = [];
  readonly #groups: (string | number)[] = [];
  readonly #scale: number;
  readonly #k: number;
  readonly #maxDistance: number;
  readonly #group: SearchOptions["group"];

  /** `scale`: the scale of the query. */
  constructor(scale: number, k: number, { maxDistance = 4 as SquaredDistance, group }: SearchOptions) {
    this.#scale = scale;
    this.#k = k;
    this.#maxDistance = maxDistance;
    this.#group = group;
  }

  /**
   * A row whose dot product times its own scale is less than this is not among the nearest. It is cos = 1 − d/2 divided by the query's
   * scale.
   */
  get minScore(): number {
    if (this.#k < 1) return Number.POSITIVE_INFINITY;
    const farthest = this.rows.length < this.#k ? this.#maxDistance : this.rows[this.#k - 1]!.distance;
    return (1 - farthest / 2 - ROUNDING_MARGIN) / this.#scale;
  }

  /** Adds a row, given its dot product with the query and its own scale, if it is among the k nearest so far. */
  offer(position: number, dot: number, scale: number): void {
    const { rows } = this;
    const distance = distanceOfDot(dot, scale, this.#scale);
    // Positions rise, so of two equally near rows the earlier one stays first.
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
