import { crop, mirrored, reflectPad } from "./border.ts";
import {
  type ColorMap,
  type ColorStatistics,
  clamped,
  colorStatistics,
  subjectWeights,
  transferMap,
  withSoftShadows,
} from "./color.ts";
import { mapColors, opponentOfRaster, rgbOf } from "./opponent.ts";
import type { Picture } from "./picture.ts";
import { ensurePatch, halved, type Levels, levelsOf, type ProjectionOptions, projectLevels } from "./projection.ts";
import type { Raster } from "./raster.ts";
import { resize, resizePlanes } from "./resize.ts";
import { pictureSurface, rasterSurface, type Surface } from "./surface.ts";

/** The share of the transferred photograph in the projected mixture, and the projection's λ: on faces, and elsewhere. */
const PHOTOGRAPH_SHARE = { scene: 0.22, face: 0.68 };
const BLEND = { scene: 0.68, face: 0.52 };
/** The share of the photograph's fine luma that faces get back. */
const FACE_DETAIL = 0.55;
/** How far the final color transfer goes toward the painting's colors, in [0, 1]. */
const FINAL_TRANSFER = 0.6;

interface CommonOptions {
  /** The source of the patches, at the scale of the result (`prepared`, `sideBySide`). */
  painting: Picture;
  palette: ColorStatistics;
  /** The mask of the faces to preserve, [height, width] in [0, 1] (`faceMask`). */
  faces: Float32Array;
  seed: number;
}

export interface RepaintOptions extends CommonOptions {
  /** The photograph with the painting's colors (`transferColors`), at the size of the result. */
  transferred: Picture;
}

/**
 * Repaints a net's output with the painting's own strokes. It mixes the output with the photograph, projects the mixture onto
 * the painting's patches, matches the colors once more, and restores the features of faces. The net's noise and grid pattern
 * disappear, because no patch of the painting has them. The result is in [0, 1] and has the photograph's size.
 */
export function repaint(stylized: Picture, { transferred, painting, palette, faces, seed }: RepaintOptions): Picture {
  const { width, height } = transferred;
  const query = mixed(resize(stylized, width, height), transferred, (i) => interpolate(PHOTOGRAPH_SHARE, faces[i]!));
  const { colours } = projectLevels(
    levelsOf(addBorder(query)),
    levelsOf(ensurePatch(painting)),
    optionsFor(query, faces, seed),
  );
  const projected = rgbOf(cropBorder(colours, query));
  const statistics = colorStatistics(projected, subjectWeights(transferred));
  const { matrix, offset } = transferMap(statistics, palette, FINAL_TRANSFER);
  const recolored = mapColors(projected, matrix, offset);
  return withSoftShadows(restoreDetail(recolored, transferred, faces));
}

/** {@link repaint} in place, with as few pictures as possible in memory as floats. */
export function repaintRaster(
  stylized: Raster,
  {
    photograph,
    painting,
    palette,
    faces,
    seed,
  }: Omit<CommonOptions, "painting"> & { photograph: Raster; painting: Raster },
): void {
  const weights = subjectWeights(photograph);
  const transfer = transferMap(colorStatistics(photograph, weights), palette);
  mixInPlace(rasterSurface(stylized), rasterSurface(photograph), transfer, faces);
  const { colours } = projectLevels(
    rasterLevels(stylized, BORDER),
    rasterLevels(painting),
    optionsFor(stylized, faces, seed),
  );
  const inner = rgbOf(cropBorder(colours, stylized));
  const { matrix, offset } = transferMap(colorStatistics(inner, weights), palette, FINAL_TRANSFER);
  const projected = pictureSurface(inner);
  const result = rasterSurface(stylized);
  const finish = hasFaces(faces) ? (part: Picture) => part : withSoftShadows;
  inBands(result, (y, width, rows) => finish(mapColors(projected.read(0, y, width, rows), matrix, offset)));
  if (hasFaces(faces)) restoreDetailInPlace(result, rasterSurface(photograph), transfer, faces);
}

/** A raster's levels. The float picture is kept only for the coarse levels: at the finest level there is no memory for it. */
function rasterLevels(raster: Raster, border = 0): Levels {
  let whole: Picture | undefined;
  return {
    width: raster.width + 2 * border,
    height: raster.height + 2 * border,
    at(level) {
      whole ??= opponentOfRaster(raster, border);
      const picture = halved(whole, level);
      if (level <= 1) whole = undefined;
      return picture;
    },
  };
}

const interpolate = ({ scene, face }: { scene: number; face: number }, mask: number): number =>
  scene + mask * (face - scene);

/** (1 − share)·a + share·b, with a share for each pixel. */
function mixed(a: Picture, b: Picture, share: (pixel: number) => number): Picture {
  const pixels = a.width * a.height;
  const data = a.data.map((value, i) => value + share(i % pixels) * (b.data[i]! - value));
  return { ...a, data };
}

/** Rows that are held as float pixels at a time. */
const BAND_ROWS = 64;

/** Rewrites a surface band by band. */
function inBands(surface: Surface, band: (y: number, width: number, rows: number) => Picture): void {
  const { width, height } = surface;
  for (let y = 0; y < height; y += BAND_ROWS) surface.write(band(y, width, Math.min(BAND_ROWS, height - y)), 0, y);
}

const transferredPart = (part: Picture, { matrix, offset }: ColorMap): Picture =>
  clamped(mapColors(part, matrix, offset));

/** Mixes the transferred photograph into a net's output. */
function mixInPlace(stylized: Surface, photograph: Surface, transfer: ColorMap, faces: Float32Array): void {
  inBands(stylized, (y, width, rows) => {
    const transferred = transferredPart(photograph.read(0, y, width, rows), transfer);
    return mixed(stylized.read(0, y, width, rows), transferred, (i) =>
      interpolate(PHOTOGRAPH_SHARE, faces[y * width + i]!),
    );
  });
}

/** {@link restoreDetail} in place, without whole pictures in memory as floats. */
function restoreDetailInPlace(painted: Surface, photograph: Surface, transfer: ColorMap, faces: Float32Array): void {
  const { width, height } = painted;
  const missing = new Float32Array(width * height);
  for (let y = 0; y < height; y += BAND_ROWS) {
    const rows = Math.min(BAND_ROWS, height - y);
    const photographLuma = lumaOf(transferredPart(photograph.read(0, y, width, rows), transfer));
    const paintedLuma = lumaOf(painted.read(0, y, width, rows));
    missing.set(
      photographLuma.map((value, i) => value - paintedLuma[i]!),
      y * width,
    );
  }
  const detail = detailOf(missing, painted, faces);
  inBands(painted, (y, _, rows) =>
    withSoftShadows(withLuma(painted.read(0, y, width, rows), detail.subarray(y * width, (y + rows) * width))),
  );
}

/** Pixels of mirrored border during patch matching, so that edge pixels have neighbors. */
const BORDER = 8;

type Size = Pick<Picture, "width" | "height">;

const addBorder = (picture: Picture): Picture => reflectPad(picture, BORDER);
const cropBorder = (picture: Picture, { width, height }: Size): Picture => crop(picture, BORDER, BORDER, width, height);

const hasFaces = (faces: Float32Array): boolean => faces.some((mask) => mask >= 1e-3);

function optionsFor({ width, height }: Size, faces: Float32Array, seed: number): ProjectionOptions {
  const blend = hasFaces(faces) ? blendMap({ width, height }, faces) : BLEND.scene;
  return { blend, sigma: 0.25, seed };
}

/** λ for each pixel of the picture with its border. */
function blendMap({ width, height }: Size, faces: Float32Array): Float32Array {
  const [w, h] = [width + 2 * BORDER, height + 2 * BORDER];
  const shares = new Float32Array(w * h);
  for (let y = 0, i = 0; y < h; y++) {
    const row = width * mirrored(y - BORDER, height);
    for (let x = 0; x < w; x++, i++) shares[i] = interpolate(BLEND, faces[row + mirrored(x - BORDER, width)]!);
  }
  return shares;
}

/** Structures smaller than this many pixels count as detail. */
const DETAIL_SIZE = 8;

/** Within the mask, replaces part of the painted fine luma by the photograph's, so that eyes and mouths keep their places. */
function restoreDetail(painted: Picture, photograph: Picture, mask: Float32Array): Picture {
  if (!hasFaces(mask)) return painted;
  const paintedLuma = lumaOf(painted);
  const missing = lumaOf(photograph).map((value, i) => value - paintedLuma[i]!);
  return withLuma(painted, detailOf(missing, painted, mask));
}

/** A share of a plane's detail, [height, width]: its difference from its mean over about 8 pixels. */
function detailOf(plane: Float32Array, { width, height }: Size, mask: Float32Array): Float32Array {
  const [w, h] = [Math.ceil(width / DETAIL_SIZE), Math.ceil(height / DETAIL_SIZE)];
  const coarse = resizePlanes(resizePlanes(plane, width, height, w, h), w, h, width, height);
  return plane.map((value, i) => FACE_DETAIL * mask[i]! * (value - coarse[i]!));
}

/** Luma as defined in `opponent.ts`. */
function lumaOf({ width, height, data }: Picture): Float32Array {
  const pixels = width * height;
  return Float32Array.from(
    { length: pixels },
    (_, i) => (data[i]! + data[pixels + i]! + data[2 * pixels + i]!) / Math.sqrt(3),
  );
}

/** Adds `more` luma to the picture. */
function withLuma({ width, height, data }: Picture, more: Float32Array): Picture {
  const pixels = width * height;
  return { width, height, data: data.map((value, i) => value + more[i % pixels]! / Math.sqrt(3)) };
}
