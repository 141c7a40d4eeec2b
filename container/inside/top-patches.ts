import type { FloatTensor } from "../engine/run.ts";
import { pixelsSeen, type ReceptiveField, type WindowField } from "./receptive-field.ts";

/** The position of a unit's strongest activation in a picture. */
export interface PeakActivation {
  picture: string;
  activation: number;
  /** The position in the layer's map; 0 for a layer without a map. */
  row: number;
  column: number;
}

/** The results for a unit, which is a channel of a layer. */
export interface UnitReport {
  unit: number;
  /**
   * The mean of its {@link PATCHES_PER_UNIT} strongest activations, divided by the mean of its strongest activation in
   * every picture. It is 1 for a unit that responds equally to all pictures. For a unit that responds only to the
   * strongest ones, it is the number of pictures divided by the number of those.
   */
  selectivity: number;
  /** The strongest first, at most one for each picture. All are positive. */
  strongest: readonly PeakActivation[];
}

/** The number of patches shown for each unit. Zeiler & Fergus 2014, figure 2. */
export const PATCHES_PER_UNIT = 9;

export class NoUnitsError extends Error {
  override name = "NoUnitsError";
}

export interface RankingOptions {
  /** The receptive field of a unit. */
  fieldOf: (unit: number) => ReceptiveField;
  /**
   * Also counts activations whose field includes padding. Many units respond to the edge of the padding as if it were
   * part of the picture.
   */
  border?: boolean;
}

/** Collects the strongest activations of each unit of a layer, picture by picture. It keeps only what it reports. */
export class Ranking {
  readonly #options: RankingOptions;
  readonly #units: UnitStatistics[] = [];

  constructor(options: RankingOptions) {
    this.#options = options;
  }

  /** Adds the layer's values for a picture: [1, units, height, width] or [1, units]. */
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
      const statistics = this.#units[unit] ?? { strongest: [], peaks: 0, magnitudes: 0, pictures: 0 };
      this.#units[unit] = statistics;
      statistics.peaks += Math.max(0, map[at]!);
      statistics.magnitudes += map.reduce((sum, value) => sum + Math.abs(value), 0) / area;
      statistics.pictures++;
      insertPeak(statistics.strongest, {
        picture,
        activation: map[at]!,
        row: Math.floor(at / width),
        column: at % width,
      });
    }
  }

  /** Reports on all units, in the layer's order. */
  units(): UnitReport[] {
    return this.#units.map(({ strongest, peaks, pictures }, unit) => ({
      unit,
      selectivity: peaks > 0 ? meanActivation(strongest) / (peaks / pictures) : 0,
      strongest: strongest.filter(isPositive),
    }));
  }

  /**
   * The most selective units. Units with {@link PATCHES_PER_UNIT} activating pictures come before units with fewer.
   * Ties, as in a small folder, are ordered by the ratio of the strongest activations to the mean magnitude of the
   * unit's maps.
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

/** A region of a map. The bounds are inclusive. */
export interface MapRegion {
  rows: { first: number; last: number };
  columns: { first: number; last: number };
}

interface Size {
  width: number;
  height: number;
}

/**
 * The region of a map where units see only the picture, without padding. Along a side that is shorter than the field,
 * it is the whole map.
 */
export function interiorRegion(field: ReceptiveField, picture: Size, map: Size): MapRegion {
  const along = (axis: keyof WindowField, length: number, count: number) => {
    if (typeof field !== "object" || field[axis].size > length) return { first: 0, last: count - 1 };
    const { size, step, center } = field[axis];
    const first = Math.ceil(((size - 1) / 2 - center) / step);
    const last = Math.floor((length - 1 - (size - 1) / 2 - center) / step);
    // If there is no such position, take the two nearest.
    return { first: Math.max(0, Math.min(first, last)), last: Math.min(count - 1, Math.max(first, last)) };
  };
  return { rows: along("down", picture.height, map.height), columns: along("across", picture.width, map.width) };
}

interface UnitStatistics {
  strongest: PeakActivation[];
  /** Sums over all pictures: of the unit's strongest activation, if positive, and of the mean magnitude of its map. */
  peaks: number;
  magnitudes: number;
  pictures: number;
}

const isPositive = ({ activation }: PeakActivation): boolean => activation > 0;

/** Negative activations count as zero. */
function meanActivation(strongest: readonly PeakActivation[]): number {
  return strongest.reduce((sum, { activation }) => sum + Math.max(0, activation), 0) / strongest.length;
}

/** Inserts a peak and keeps the list sorted and within its limit. Among equals, the earlier one comes first. */
function insertPeak(strongest: PeakActivation[], peak: PeakActivation): void {
  const at = strongest.findIndex(({ activation }) => activation < peak.activation);
  if (at === -1 && strongest.length >= PATCHES_PER_UNIT) return;
  strongest.splice(at === -1 ? strongest.length : at, 0, peak);
  strongest.length = Math.min(strongest.length, PATCHES_PER_UNIT);
}

/** A rectangle in pixels of the net's input. It can extend outside the picture. */
export interface Patch {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The part of a picture that activated the unit: the whole picture if the field is larger. */
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
