import type { FaceBox } from "../imaging/face-mask.ts";
import type { Raster } from "../imaging/raster.ts";
import { withLongerSide } from "../imaging/resize.ts";
import { encoded } from "./pictures.ts";
import { visionFromFiles } from "./vision-from-files.ts";

/** Longer side of the picture in which faces are searched, in pixels. Faces below about 1/50 of it would not be visible in a painting. */
const MAX_LONGER_SIDE = 1024;
const MAX_FACES = 16;

/** Finds faces with the product's own detector. Returns their boxes, scaled as if the raster were `width` pixels wide. */
export async function findFaces(raster: Raster, width: number): Promise<FaceBox[]> {
  const resized = withLongerSide(raster, Math.min(MAX_LONGER_SIDE, Math.max(raster.width, raster.height)));
  const vision = await visionFromFiles();
  const found = await vision.detect(await encoded(resized, "png"), { maxFaces: MAX_FACES });
  if (found.kind === "badImage") throw new Error(`The detector could not read the resized picture: ${found.message}`);
  const k = width / found.width;
  return found.faces.map(({ box }) => ({ x: k * box.x, y: k * box.y, width: k * box.width, height: k * box.height }));
}
