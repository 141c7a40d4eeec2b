import type { Numbers } from "../engine/run.ts";
import { type ReceptiveField, seenBy } from "./receptive-field.ts";

/** Where in a picture a unit answered most. */
export interface Excitation {
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
   * The mean of its strongest excitations, one a picture, over its mean magnitude anywhere: a unit that answers alike to
   * everything has 1, one that answers seldom has much. 0 if it never answers.
   */
  selectivity: number;
  /** The strongest first, at most one a picture. */
  strongest: readonly Excitation[];
}

/** How many pictures are shown of a unit. Zeiler & Fergus 2014, figure 2. */
export const SHOWN = 9;

/** Collects, picture by picture, what excites each unit of a layer most. Keeps no more than it will tell. */
export class Ranking {
  readonly #units: { strongest: Excitation[]; magnitude: number; count: number }[] = [];

  /** The layer's values for one picture: [1, units, height, width] or [1, units]. */
  see(picture: string, { shape, data }: Numbers): void {
    const [one = 0, units = 0, height = 1, width = 1] = shape;
    if (one !== 1 || (shape.length !== 2 && shape.length !== 4))
      throw new Error(
        `A layer of shape [${shape.join(", ")}] has no units: it must be [1, units, height, width] or [1, units].`,
      );
    const area = height * width;
    for (let unit = 0; unit < units; unit++) {
      const map = data.subarray(unit * area, (unit + 1) * area);
      let at = 0;
      let magnitude = 0;
      for (let i = 0; i < area; i++) {
        if (map[i]! > map[at]!) at = i;
        magnitude += Math.abs(map[i]!);
      }
      const record = this.#units[unit] ?? { strongest: [], magnitude: 0, count: 0 };
      this.#units[unit] = record;
      record.magnitude += magnitude;
      record.count += area;
      insert(record.strongest, { picture, activation: map[at]!, row: Math.floor(at / width), column: at % width });
    }
  }

  /** What is known of every unit, in the layer's order. */
  units(): UnitReport[] {
    return this.#units.map(({ strongest, magnitude, count }, unit) => {
      const answers = strongest.filter(({ activation }) => activation > 0);
      // What does not excite it takes part as a zero.
      const mean = answers.reduce((sum, { activation }) => sum + activation, 0) / strongest.length;
      return { unit, selectivity: mean > 0 ? mean / (magnitude / count) : 0, strongest: answers };
    });
  }
}

/** Keeps the list sorted and short. Of equals the earlier stays before. */
function insert(strongest: Excitation[], excitation: Excitation): void {
  const at = strongest.findIndex(({ activation }) => activation < excitation.activation);
  if (at === -1 && strongest.length >= SHOWN) return;
  strongest.splice(at === -1 ? strongest.length : at, 0, excitation);
  strongest.length = Math.min(strongest.length, SHOWN);
}

/** The units that tell most: the most selective first. */
export function mostSelective(units: readonly UnitReport[], count: number): UnitReport[] {
  return units
    .filter(({ selectivity }) => selectivity > 0)
    .toSorted((a, b) => b.selectivity - a.selectivity)
    .slice(0, count);
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
  { row, column }: Pick<Excitation, "row" | "column">,
  field: ReceptiveField,
  picture: { width: number; height: number },
): Patch {
  if (typeof field !== "object") return { left: 0, top: 0, ...picture };
  const along = (axis: "down" | "across", i: number, length: number) => {
    if (field[axis].size >= length) return { first: 0, size: length };
    const { first, last } = seenBy(field[axis], i);
    return { first, size: last - first + 1 };
  };
  const down = along("down", row, picture.height);
  const across = along("across", column, picture.width);
  return { left: across.first, top: down.first, width: across.size, height: down.size };
}
