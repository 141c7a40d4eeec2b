import { createHash } from "node:crypto";
import type { Painting } from "../../imaging/paintings.ts";
import type { Picture } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { withLongerSide } from "../../imaging/resize.ts";
import { decoded, readBytes } from "../pictures.ts";
import { paintingFile } from "../style-nets.ts";
import { UserError } from "../user-error.ts";
import type { StylizeSettings } from "./checkpoint.ts";
import type { StylizeOptions } from "./options.ts";

/** Minimum side of a picture, in pixels. A smaller painting has no strokes. */
const MIN_SIDE = 16;
/** Maximum shorter side of a painting, in longer sides of the result. Strokes of a larger one are too fine to be painted. */
const MAX_PAINTING_SCALE = 3;

/** The inputs, at their working sizes. */
export interface Inputs {
  /** The options that determine the objective; see `settingsOf`. */
  settings: StylizeSettings;
  /** At the size of the result. */
  content: Picture;
  /** The photograph at its original size. */
  photograph: Raster;
  paintings: Painting[];
}

/** Reads and hashes all inputs. Throws a `UserError` if one is unusable. */
export async function readInputs(options: StylizeOptions): Promise<Inputs> {
  const { size } = options;
  const content = await readBytes(options.content);
  const photograph = await decoded(options.content, content);
  assertLargeEnough(options.content, photograph);
  const resized = withLongerSide(photograph, size);
  if (Math.min(resized.width, resized.height) < MIN_SIDE)
    throw new UserError(
      `${options.content}: ${photograph.width}×${photograph.height} becomes ${resized.width}×${resized.height}, ` +
        `which is too narrow to paint. Crop it to a wider shape, or use a larger --size.`,
    );
  const paintings: Painting[] = [];
  const styles: string[] = [];
  for (const { path: name, weight } of options.style) {
    const path = await paintingFile(name);
    const bytes = await readBytes(path);
    const raster = await decoded(path, bytes);
    assertLargeEnough(path, raster);
    const { width, height } = raster;
    const longest = (MAX_PAINTING_SCALE * size * Math.max(width, height)) / Math.min(width, height);
    paintings.push({ picture: withLongerSide(raster, Math.min(Math.max(width, height), Math.round(longest))), weight });
    styles.push(`${hashOf(bytes)}:${weight}`);
  }
  const network = options.network && (await readBytes(options.network));
  const settings = settingsOf(options, {
    content: hashOf(content),
    style: styles.join(),
    ...(network && { network: hashOf(network) }),
  });
  return { settings, content: resized, photograph, paintings };
}

function assertLargeEnough(path: string, { width, height }: Raster): void {
  if (Math.min(width, height) < MIN_SIDE)
    throw new UserError(
      `${path}: it is ${width}×${height}. Use a picture of at least ${MIN_SIDE} pixels on each side.`,
    );
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

/** The options that determine the objective. Those that only affect the path (steps, optimizer, provider) can change on resume. */
function settingsOf(options: StylizeOptions, files: StylizeSettings): StylizeSettings {
  const { size, recipe, seed, contentWeight, styleWeight, contentLayer, styleLayers, preserveColors, faces } = options;
  const relevant = {
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
  const given = Object.entries(relevant).filter(([, value]) => value !== undefined);
  return { ...files, ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])) };
}
