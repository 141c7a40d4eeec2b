import { readPhotographs } from "../../container/style-net/read-photographs.ts";
import type { Photographs } from "../../container/style-net/request.ts";
import { decoded, readBytes } from "../pictures.ts";
import { toUserError, UserError } from "../user-error.ts";

/** Reads a folder with {@link readPhotographs}. Throws a `UserError` if the folder or usable photographs are missing. */
export async function loadPhotographs(
  folder: string,
  { holdOut, size }: { holdOut: readonly string[]; size: number },
  warn: (message: string) => void,
): Promise<Photographs> {
  const read = async (path: string) => {
    const bytes = await readBytes(path);
    const raster = await decoded(path, bytes).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      warn(`Skipped ${error.message}`);
      return undefined;
    });
    return { bytes, raster };
  };
  const photographs = await readPhotographs(folder, { holdOut, size, read, warn }).catch((error: unknown) => {
    if (error instanceof UserError) throw error;
    const refusal = toUserError(folder, error);
    throw refusal instanceof UserError
      ? new UserError(`${folder}: no such folder. Check the path.`, { cause: error })
      : refusal;
  });
  if (photographs.training.length === 0)
    throw new UserError(
      `${folder}: there are no photographs to train on. Choose a folder with JPEG, PNG or WebP photographs` +
        `${photographs.heldOut.length > 0 ? ", or hold out fewer" : ""}.`,
    );
  return photographs;
}
