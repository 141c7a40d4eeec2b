import { readPhotographs } from "../../container/style-net/read-photographs.ts";
import type { Photographs } from "../../container/style-net/request.ts";
import { decoded, readWhole } from "../pictures.ts";
import { Refusal, refusalOf } from "../refusal.ts";

/** The photographs of a folder, see {@link readPhotographs}. Refuses a folder that is not there, or of which nothing is left. */
export async function photographsIn(
  folder: string,
  { holdOut, size }: { holdOut: readonly string[]; size: number },
  warn: (message: string) => void,
): Promise<Photographs> {
  const read = async (path: string) => {
    const bytes = await readWhole(path);
    const raster = await decoded(path, bytes).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      warn(`Left out: ${error.message}`);
      return undefined;
    });
    return { bytes, raster };
  };
  const photographs = await readPhotographs(folder, { holdOut, size, read, warn }).catch((error: unknown) => {
    if (error instanceof Refusal) throw error;
    const refusal = refusalOf(folder, error);
    throw refusal instanceof Refusal ? new Refusal(`${folder}: there is no such folder.`, { cause: error }) : refusal;
  });
  if (photographs.training.length === 0)
    throw new Refusal(
      `${folder}: no picture is left to learn from. Name a folder with JPEG, PNG or WebP photographs in it` +
        `${photographs.heldOut.length > 0 ? ", or hold out fewer" : ""}.`,
    );
  return photographs;
}
