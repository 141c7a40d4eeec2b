import { join } from "node:path";
import { branchOf } from "../../container/inside/branch.ts";
import { PATCH_SIDE, type ShownUnit } from "../../container/inside/contact-sheet.ts";
import { cropPatch, toCanvas } from "../../container/inside/crop-patch.ts";
import type { LayerRunner } from "../../container/inside/layer-runner.ts";
import { TooSmallError } from "../../container/inside/map-size.ts";
import { type ReceptiveField, receptiveFields } from "../../container/inside/receptive-field.ts";
import { patchOf, type Ranking, type UnitReport } from "../../container/inside/top-patches.ts";
import { UserError } from "../user-error.ts";
import type { PictureNet } from "./nets.ts";
import type { View } from "./views.ts";

export interface PictureFolder {
  path: string;
  /** Paths relative to `path`. */
  pictures: readonly string[];
  view: (path: string) => Promise<View>;
}

export interface Skipped {
  picture: string;
  reason: string;
}

/** A unit of a layer, its receptive field, and the patches that activated it most. */
export interface RankedUnit extends UnitReport {
  receptiveField: ReceptiveField;
}

/** Runs every picture through the net. Pictures that cannot be read, or are too small for the net, are skipped and returned. */
export async function rankPictures(
  probe: LayerRunner,
  ranking: Ranking,
  { path, pictures, view }: PictureFolder,
  done: () => void,
): Promise<Skipped[]> {
  const skipped: Skipped[] = [];
  for (const picture of pictures) {
    const loaded = await view(join(path, picture)).catch((error) => {
      if (error instanceof UserError) return error.message;
      throw error;
    });
    if (typeof loaded === "string") skipped.push({ picture, reason: loaded });
    else {
      const values = await probe.run(loaded.input).catch((error) => {
        if (error instanceof TooSmallError) return error.message;
        throw error;
      });
      if (typeof values === "string") skipped.push({ picture, reason: `${join(path, picture)}: ${values}` });
      else ranking.add(picture, loaded, values);
    }
    done();
    // Decoding and running block the event loop. Yield, so that the progress bar is drawn.
    await new Promise(setImmediate);
  }
  if (skipped.length === pictures.length)
    throw new UserError(
      `${path}: none of its ${pictures.length} pictures could be used. The first problem: ${skipped[0]?.reason}`,
    );
  return skipped;
}

/** The receptive fields of a layer's units. A unit of concatenated maps has the receptive field of its own map. */
export function receptiveFieldsOf({ model: { graph } }: PictureNet, layer: string): (unit: number) => ReceptiveField {
  const fieldOf = receptiveFields(graph);
  const fields: ReceptiveField[] = [];
  return (unit) => {
    const field = fields[unit] ?? fieldOf(branchOf(graph, layer, unit));
    fields[unit] = field;
    return field;
  };
}

/** The requested units, or the most selective ones. */
export function chooseUnits(
  ranking: Ranking,
  { units: wanted, layer, top }: { units?: number[]; layer: string; top: number },
) {
  const units = ranking.units();
  const unknown = wanted?.filter((unit) => unit >= units.length) ?? [];
  if (unknown.length > 0)
    throw new UserError(
      `The layer ${layer} has units 0 to ${units.length - 1}; there is no unit ${unknown.join(", ")}.`,
    );
  return wanted ? wanted.map((unit) => units[unit]!) : ranking.mostSelective(top);
}

/** Cuts the patches to show. Each picture is read again, once for all its patches, so that pictures do not stay in memory. */
export async function cutPatches(units: readonly RankedUnit[], { path, view }: PictureFolder): Promise<ShownUnit[]> {
  const shown = units.map(({ unit, selectivity, strongest }) => ({
    unit,
    selectivity,
    patches: new Array<ShownUnit["patches"][number]>(strongest.length),
  }));
  const pictures = new Set(units.flatMap(({ strongest }) => strongest.map(({ picture }) => picture)));
  for (const picture of pictures) {
    const loaded = await view(join(path, picture));
    const canvas = toCanvas(loaded.displayRaster);
    for (const [i, { strongest, receptiveField }] of units.entries())
      for (const [rank, excitation] of strongest.entries()) {
        if (excitation.picture !== picture) continue;
        const image = cropPatch(
          canvas,
          patchOf(excitation, receptiveField, loaded),
          canvas.width / loaded.width,
          PATCH_SIDE,
        );
        shown[i]!.patches[rank] = { picture, activation: excitation.activation, image };
      }
  }
  return shown;
}
