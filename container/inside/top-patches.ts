import type { FloatTensor } from "../engine/run.ts";
import { pixelsSeen, type ReceptiveField, type WindowField } from "./receptive-field.ts";

/** Where in a picture a unit answered most. */
export interface PeakActivation {
  picture: string;
  activation: number;
  /** Place in the layer's map; of a layer without one, 0. */
  row: number;
  column: number;
}

/** A channel of a layer, wherever in the picture it looks. */
export interface UnitReport {
  unit: number;
  /**
   * The mean of its strongest answers, {@link PATCHES_PER_UNIT} of them, over the mean of its strongest answer to every picture: a unit
   * that answers alike to all has 1, one that answers to these alone has as much as there are pictures for each of them.
   */
  selectivity: number;
  /** The strongest first, at most one a picture, none that does not excite it. */
  strongest: readonly PeakActivation[];
}

/** How many pictures are shown of a unit. Zeiler & Fergus 2014, figure 2. */
export const PATCHES_PER_UNIT = 9;

export class NoUnitsError extends Error {
  override name = "NoUnitsError";
}

export interface RankingOptions {
  /** What a unit looks at. */
  fieldOf: (unit: number) => ReceptiveField;
  /** Also answers to the padding that a net sees beyond a picture's border: many units take its edge for one of the picture's. */
  border?: boolean;
}

/** Collects, picture by picture, what excites each unit of a layer most. Keeps no more than it will tell. */
export class Ranking {
  readonly #options: RankingOptions;
  readonly #units: UnitStatistics[] = [];

  constructor(options: RankingOptions) {
    this.#options = options;
  }

  /** The layer's values for a picture of this size: [1, units, height, width] or [1, units]. */
  add(picture: string, size: Size, { shape, data }: FloatTensor): void {
    const [batch = 0, units = 0, height = 1, width = 1] = shape;
    if (batch !== 1 || (shape.length !== 2 && shape.length !== 4))
      throw new NoUnitsError(
        `A layer of shape [${shape.join(", ")}] has no units: it must be [1, units, height, width] or [1, units].`,
      );
    const area = height * width;
    for (let unit = 0; unit < units; unit++) {
      const map = data.subarray(unit * area, (unit + 1) * area);
      const field = this.#options.border ? "everything" : this.#options.fieldOf(unit);
      const { rows, columns } = interiorRegion(field, size, { height, width });
      let at = rows.first * width + columns.first;
      for (let row = rows.first; row <= rows.last; row++)
        for (let column = columns.first; column <= columns.last; column++)
          if (map[row * width + column]! > map[at]!) at = row * width + column;
      const record = this.#units[unit] ?? { strongest: [], peaks: 0, magnitudes: 0, pictures: 0 };
      this.#units[unit] = record;
      record.peaks += Math.max(0, map[at]!);
      record.magnitudes += map.reduce((sum, value) => sum + Math.abs(value), 0) / area;
      record.pictures++;
      insertPeak(record.strongest, { picture, activation: map[at]!, row: Math.floor(at / width), column: at % width });
    }
  }

  /** What is known of every unit, in the layer's order. */
  units(): UnitReport[] {
    return this.#units.map(({ strongest, peaks, pictures }, unit) => ({
      unit,
      selectivity: peaks > 0 ? meanActivation(strongest) / (peaks / pictures) : 0,
      strongest: strongest.filter(isPositive),
    }));
  }

  /**
   * The units that tell most: the most selective first, and only then those for which there are not {@link PATCHES_PER_UNIT} pictures that
   * excite them. Of equals, as all are in a small folder, the one whose answers stand out more from the rest of its maps.
   */
  mostSelective(count: number): UnitReport[] {
    const fullCount = Math.min(PATCHES_PER_UNIT, this.#units[0]?.pictures ?? 0);
    const contrast = ({ unit }: UnitReport) => {
      const { strongest, magnitudes, pictures } = this.#units[unit]!;
      return meanActivation(strongest) / (magnitudes / pictures);
    };
    return this.units()
      .filter(({ selectivity }) => selectivity > 0)
      .toSorted(
        (a, b) =>
          Number(b.strongest.length === fullCount) - Number(a.strongest.length === fullCount) ||
          b.selectivity - a.selectivity ||
          contrast(b) - contrast(a),
      )
      .slice(0, count);
  }
}

/** A part of a map, both ends included. */
export interface MapRegion {
  rows: { first: number; last: number };
  columns: { first: number; last: number };
}

interface Size {
  width: number;
  height: number;
}

/** The part of a map in which a unit sees nothing but the picture; along a side that is too short for it, all. */
export function interiorRegion(field: ReceptiveField, picture: Size, map: Size): MapRegion {
  const along = (axis: keyof WindowField, length: number, count: number) => {
    if (typeof field !== "object" || field[axis].size > length) return { first: 0, last: count - 1 };
    const { size, step, centre } = field[axis];
    const first = Math.ceil(((size - 1) / 2 - centre) / step);
    const last = Math.floor((length - 1 - (size - 1) / 2 - centre) / step);
    // Between two places of the map there may be none: then the two.
    return { first: Math.max(0, Math.min(first, last)), last: Math.min(count - 1, Math.max(first, last)) };
  };
  return { rows: along("down", picture.height, map.height), columns: along("across", picture.width, map.width) };
}

interface UnitStatistics {
  strongest: PeakActivation[];
  /** Sums over pictures of a unit's strongest answer, where it is one, and of the mean magnitude of its map. */
  peaks: number;
  magnitudes: number;
  pictures: number;
}

const isPositive = ({ activation }: PeakActivation): boolean => activation > 0;

/** What does not excite it takes part as a zero. */
function meanActivation(strongest: readonly PeakActivation[]): number {
  return strongest.reduce((sum, { activation }) => sum + Math.max(0, activation), 0) / strongest.length;
}

/** Keeps the list sorted and short. Of equals the earlier stays before. */
function insertPeak(strongest: PeakActivation[], excitation: PeakActivation): void {
  const at = strongest.findIndex(({ activation }) => activation < excitation.activation);
  if (at === -1 && strongest.length >= PATCHES_PER_UNIT) return;
  strongest.splice(at === -1 ? strongest.length : at, 0, excitation);
  strongest.length = Math.min(strongest.length, PATCHES_PER_UNIT);
}

/** A rectangle in pixels of the picture as the net sees it; it may reach beyond. */
export interface Patch {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The part of a picture of this size that made the unit answer. Where the field is larger than the picture: all of it. */
export function patchOf(
  { row, column }: Pick<PeakActivation, "row" | "column">,
  field: ReceptiveField,
  picture: Size,
): Patch {
  if (typeof field !== "object") return { left: 0, top: 0, ...picture };
  const along = (axis: "down" | "across", i: number, length: number) => {
    if (field[axis].size >= length) return { first: 0, size: length };
    const { first, last } = pixelsSeen(field[axis], i);
    return { first, size: last - first + 1 };
  };
  const down = along("down", row, picture.height);
  const across = along("across", column, picture.width);
  return { left: across.first, top: down.first, width: across.size, height: down.size };
}
