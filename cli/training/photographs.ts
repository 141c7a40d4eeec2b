import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { withinUse } from "../../container/style-net/photographs.ts";
import type { Photographs } from "../../container/style-net/request.ts";
import type { Raster } from "../../imaging/raster.ts";
import { decoded, readWhole } from "../pictures.ts";
import { Refusal, refusalOf } from "../refusal.ts";

const PICTURE = /\.(jpe?g|png|webp)$/i;
/** A smaller picture shows nothing. */
const LEAST_SIDE = 64;
/** Unless it is said which to hold out, one of so many. */
const ONE_OF = 12;

/**
 * All pictures below a folder. Those whose path has one of `holdOut` in it are held out; or one in twelve, if none is given. What
 * is no picture in spite of its name is left out, and `warn` is told. None is larger than is of use to crops of `size` pixels.
 * Refuses a folder of which nothing is left.
 */
export async function readPhotographs(
  folder: string,
  { holdOut, size }: { holdOut: readonly string[]; size: number },
  warn: (message: string) => void,
): Promise<Photographs> {
  const paths = await picturesBelow(folder);
  const training: Raster[] = [];
  const heldOut: { name: string; raster: Raster }[] = [];
  const hash = createHash("sha256");
  for (const [i, path] of paths.entries()) {
    const name = relative(folder, path);
    const bytes = await readWhole(path);
    const whole = await decoded(path, bytes).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      warn(`Left out: ${error.message}`);
    });
    if (!whole) continue;
    if (Math.min(whole.width, whole.height) < LEAST_SIDE) {
      warn(`Left out: ${path}: it is ${whole.width}×${whole.height}, less than ${LEAST_SIDE} pixels on a side.`);
      continue;
    }
    const raster = withinUse(whole, size);
    if (holdOut.length > 0 ? holdOut.some((part) => name.includes(part)) : i % ONE_OF === ONE_OF - 1)
      heldOut.push({ name, raster });
    else {
      training.push(raster);
      hash.update(`${name} ${createHash("sha256").update(bytes).digest("hex")}\n`);
    }
  }
  if (training.length === 0)
    throw new Refusal(
      `${folder}: no picture is left to learn from. Name a folder with JPEG, PNG or WebP photographs in it` +
        `${heldOut.length > 0 ? ", or hold out fewer" : ""}.`,
    );
  return { training, heldOut, sha256: hash.digest("hex") };
}

/** Paths of all pictures, sorted, so that a training does not depend on the disk's order. */
async function picturesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && PICTURE.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    const refusal = refusalOf(folder, error);
    throw refusal instanceof Refusal ? new Refusal(`${folder}: there is no such folder.`, { cause: error }) : refusal;
  }
}
