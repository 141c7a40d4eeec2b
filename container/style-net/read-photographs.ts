import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Raster } from "../../imaging/raster.ts";
import { withinUse } from "./photographs.ts";
import type { Photographs } from "./request.ts";

const PICTURE = /\.(jpe?g|png|webp)$/i;
/** A smaller picture shows nothing. */
const LEAST_SIDE = 64;
/** Unless it is said which to hold out, one of so many. */
const ONE_OF = 12;

/** How a file is read: its bytes, and its pixels unless it is no picture, when `warn` has been told why. */
interface Read {
  bytes: Uint8Array;
  raster: Raster | undefined;
}

/**
 * All pictures below a folder. Those whose path has one of `holdOut` in it are held out; or one in twelve, if none is given. What
 * is no picture in spite of its name, or too small, is left out, and `warn` is told. None is larger than is of use to crops of
 * `size` pixels. Where nothing is left to learn from, `training` is empty.
 */
export async function readPhotographs(
  folder: string,
  {
    size,
    holdOut = [],
    read,
    warn,
  }: { size: number; holdOut?: readonly string[]; read(path: string): Promise<Read>; warn(message: string): void },
): Promise<Photographs> {
  const training: Raster[] = [];
  const heldOut: { name: string; raster: Raster }[] = [];
  const hash = createHash("sha256");
  for (const [i, path] of (await picturesBelow(folder)).entries()) {
    const name = relative(folder, path);
    const { bytes, raster: whole } = await read(path);
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
  return { training, heldOut, sha256: hash.digest("hex") };
}

/** Paths of all pictures, sorted, so that a training does not depend on the disk's order. */
async function picturesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && PICTURE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
