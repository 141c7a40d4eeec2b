import type { Box } from "../imaging/face-mask.ts";
import { withLongerSide } from "../imaging/longer-side.ts";
import type { Raster } from "../imaging/raster.ts";
import { encoded } from "./pictures.ts";
import { visionFromFiles } from "./vision-from-files.ts";

/** Whoever is smaller than about a fiftieth of this, in a picture of this longer side, is no face that a painting shows. */
const LONGER_SIDE = 1024;
const MOST_FACES = 16;

/** Where the product's own detector sees faces: boxes as if the raster were `width` pixels wide. */
export async function facesIn(raster: Raster, width: number): Promise<Box[]> {
  const seen = withLongerSide(raster, Math.min(LONGER_SIDE, Math.max(raster.width, raster.height)));
  const vision = await visionFromFiles();
  const found = await vision.detect(await encoded(seen, "png"), { maxFaces: MOST_FACES });
  if (found.kind === "badImage") throw new Error(`The detector was given what it cannot read: ${found.message}`);
  const k = width / found.width;
  return found.faces.map(({ box }) => ({ x: k * box.x, y: k * box.y, width: k * box.width, height: k * box.height }));
}
