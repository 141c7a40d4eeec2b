import { join } from "node:path";
import { branchOf } from "../../container/inside/branch.ts";
import { PATCH_SIDE, type ShownUnit } from "../../container/inside/contact-sheet.ts";
import { cropPatch, toCanvas } from "../../container/inside/crop-patch.ts";
import type { LayerRunner } from "../../container/inside/layer-runner.ts";
import { TooSmallError } from "../../container/inside/map-size.ts";
import { type ReceptiveField, receptiveFields } from "../../container/inside/receptive-field.ts";
import { patchOf, type Ranking, type UnitReport } from "../../container/inside/top-patches.ts";
import { Refusal } from "../refusal.ts";
import type { PictureNet } from "./nets.ts";
import type { View } from "./views.ts";

export interface Folder {
  path: string;
  /** Below `path`. */
  pictures: readonly string[];
  view: (path: string) => Promise<View>;
}

export interface Skipped {
  picture: string;
  reason: string;
}

/** What a unit of a layer looks at, and where it was excited most. */
export interface FoundUnit extends UnitReport {
  receptiveField: ReceptiveField;
}

/** Runs every picture through the net. What cannot be read, or is too small for the net, is skipped and told. */
export async function rank(
  probe: LayerRunner,
  ranking: Ranking,
  { path, pictures, view }: Folder,
  done: () => void,
): Promise<Skipped[]> {
  const skipped: Skipped[] = [];
  for (const picture of pictures) {
    const seen = await view(join(path, picture)).catch((error) => {
      if (error instanceof Refusal) return error.message;
      throw error;
    });
    if (typeof seen === "string") skipped.push({ picture, reason: seen });
    else {
      const values = await probe.run(seen.input).catch((error) => {
        if (error instanceof TooSmallError) return error.message;
        throw error;
      });
      if (typeof values === "string") skipped.push({ picture, reason: `${join(path, picture)}: ${values}` });
      else ranking.add(picture, seen, values);
    }
    done();
    // Decoding and running do not wait for anything: let the progress be drawn.
    await new Promise(setImmediate);
  }
  if (skipped.length === pictures.length)
    throw new Refusal(
      `${path}: none of its ${pictures.length} pictures could be looked at. The first, ${skipped[0]?.reason}`,
    );
  return skipped;
}

/** What the units of a layer look at; those of joined maps each what its own map does. */
export function fieldsOf({ model: { graph } }: PictureNet, layer: string): (unit: number) => ReceptiveField {
  const fieldOf = receptiveFields(graph);
  const fields: ReceptiveField[] = [];
  return (unit) => {
    const field = fields[unit] ?? fieldOf(branchOf(graph, layer, unit));
    fields[unit] = field;
    return field;
  };
}

/** The units that are asked for, or the most selective ones. */
export function choose(
  ranking: Ranking,
  { units: wanted, layer, top }: { units?: number[]; layer: string; top: number },
) {
  const units = ranking.units();
  const unknown = wanted?.filter((unit) => unit >= units.length) ?? [];
  if (unknown.length > 0)
    throw new Refusal(`The layer ${layer} has units 0 to ${units.length - 1}; there is no unit ${unknown.join(", ")}.`);
  return wanted ? wanted.map((unit) => units[unit]!) : ranking.mostSelective(top);
}

/** The patches to be shown. A picture is read again, once for all its patches, so that none is kept meanwhile. */
export async function cutPatches(units: readonly FoundUnit[], { path, view }: Folder): Promise<ShownUnit[]> {
  const shown = units.map(({ unit, selectivity, strongest }) => ({
    unit,
    selectivity,
    patches: new Array<ShownUnit["patches"][number]>(strongest.length),
  }));
  const pictures = new Set(units.flatMap(({ strongest }) => strongest.map(({ picture }) => picture)));
  for (const picture of pictures) {
    const seen = await view(join(path, picture));
    const canvas = toCanvas(seen.sharp);
    for (const [i, { strongest, receptiveField }] of units.entries())
      for (const [rank, excitation] of strongest.entries()) {
        if (excitation.picture !== picture) continue;
        const image = cropPatch(
          canvas,
          patchOf(excitation, receptiveField, seen),
          canvas.width / seen.width,
          PATCH_SIDE,
        );
        shown[i]!.patches[rank] = { picture, activation: excitation.activation, image };
      }
  }
  return shown;
}
