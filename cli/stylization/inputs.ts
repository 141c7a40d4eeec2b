import { createHash } from "node:crypto";
import { withLongerSide } from "../../imaging/longer-side.ts";
import type { Painting } from "../../imaging/paintings.ts";
import type { Picture } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { decoded, readWhole } from "../pictures.ts";
import { Refusal } from "../refusal.ts";
import type { Settings } from "./checkpoint.ts";
import type { Options } from "./options.ts";

/** Below so many pixels there is nothing to see, and a painting has no strokes. */
const SMALLEST_SIDE = 16;
/** Times the longer side of the result: a painting with a shorter side above that has finer strokes than can be painted. */
const LARGEST_PAINTING = 3;

/** What the program reads, at the sizes that are worked with. */
export interface Inputs {
  /** What decides the picture; see `settingsOf`. */
  settings: Settings;
  /** At the size of the result. */
  content: Picture;
  /** The same as it is in its file. */
  photograph: Raster;
  paintings: Painting[];
}

/** Reads and hashes them all, and refuses what cannot be painted by or from. */
export async function readInputs(options: Options): Promise<Inputs> {
  const { size } = options;
  const content = await readWhole(options.content);
  const photograph = await decoded(options.content, content);
  refuseSmall(options.content, photograph);
  const resized = withLongerSide(photograph, size);
  if (Math.min(resized.width, resized.height) < SMALLEST_SIDE)
    throw new Refusal(
      `${options.content}: ${photograph.width}×${photograph.height} becomes ${resized.width}×${resized.height}, ` +
        `which is too narrow to paint. Cut it to a wider shape, or give a larger --size.`,
    );
  const paintings: Painting[] = [];
  const styles: string[] = [];
  for (const { path, weight } of options.style) {
    const bytes = await readWhole(path);
    const raster = await decoded(path, bytes);
    refuseSmall(path, raster);
    const { width, height } = raster;
    const longest = (LARGEST_PAINTING * size * Math.max(width, height)) / Math.min(width, height);
    paintings.push({ picture: withLongerSide(raster, Math.min(Math.max(width, height), Math.round(longest))), weight });
    styles.push(`${hashed(bytes)}:${weight}`);
  }
  const network = options.network && (await readWhole(options.network));
  const settings = settingsOf(options, {
    content: hashed(content),
    style: styles.join(),
    ...(network && { network: hashed(network) }),
  });
  return { settings, content: resized, photograph, paintings };
}

function refuseSmall(path: string, { width, height }: Raster): void {
  if (Math.min(width, height) < SMALLEST_SIDE)
    throw new Refusal(
      `${path}: it is ${width}×${height}. Use a picture of at least ${SMALLEST_SIDE} pixels on each side.`,
    );
}

function hashed(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

/** What decides which picture is striven for. How it is reached, by how many and how long steps and where, may change. */
function settingsOf(options: Options, files: Settings): Settings {
  const { size, recipe, seed, contentWeight, styleWeight, contentLayer, styleLayers, preserveColors, faces } = options;
  const decisive = {
    size,
    recipe,
    seed,
    "content-weight": contentWeight,
    "style-weight": styleWeight,
    "content-layer": contentLayer,
    "style-layers": styleLayers && JSON.stringify(styleLayers),
    "preserve-colors": preserveColors,
    "no-faces": faces ? undefined : true,
  };
  const given = Object.entries(decisive).filter(([, value]) => value !== undefined);
  return { ...files, ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])) };
}
