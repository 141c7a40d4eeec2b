import { crop, mirrored, reflectPad } from "./border.ts";
import {
  type ColourMap,
  type ColourStatistics,
  clamped,
  colourStatistics,
  subjectWeights,
  transferMap,
  withSoftShadows,
} from "./colour.ts";
import { mapColours, opponentOfRaster, rgbOf } from "./opponent.ts";
import type { Picture } from "./picture.ts";
import { halved, type Levels, levelsOf, type ProjectionOptions, projectLevels, withPatch } from "./projection.ts";
import type { Raster } from "./raster.ts";
import { resize, resizePlanes } from "./resize.ts";
import { pictureSurface, rasterSurface, type Surface } from "./surface.ts";

/** The part of the transferred photograph in what is projected, and λ of the projection: under faces, and elsewhere. */
const PHOTOGRAPH = { scene: 0.22, face: 0.68 };
const BOLDNESS = { scene: 0.68, face: 0.52 };
/** How much of the photograph's fine luma a face gets back. */
const FACE_DETAIL = 0.55;
/** Colours are matched to the painting's once more at the end, so far. */
const LAST_TRANSFER = 0.6;

interface Common {
  /** What patches are taken from, at the scale of the result (`prepared`, `sideBySide`). */
  painting: Picture;
  palette: ColourStatistics;
  /** Where people stay people, [height, width] in [0, 1] (`faceMask`). */
  faces: Float32Array;
  seed: number;
}

export interface Repainting extends Common {
  /** The photograph with the painting's colours (`transferColours`), at the size of the result. */
  transferred: Picture;
}

/**
 * Paints what a net has made with the painting's own strokes: a mixture of it and the photograph is projected onto the
 * painting's patches, the colours are matched once more, and faces get their features back. The net's noise and grid do not
 * survive it, for no patch of the painting has them. In [0, 1], of the photograph's size.
 */
export function repaint(stylized: Picture, { transferred, painting, palette, faces, seed }: Repainting): Picture {
  const { width, height } = transferred;
  const query = mixed(resize(stylized, width, height), transferred, (i) => between(PHOTOGRAPH, faces[i]!));
  const { colours } = projectLevels(
    levelsOf(bordered(query)),
    levelsOf(withPatch(painting)),
    optionsFor(query, faces, seed),
  );
  const projected = rgbOf(withoutBorder(colours, query));
  const own = colourStatistics(projected, subjectWeights(transferred));
  const { matrix, offset } = transferMap(own, palette, LAST_TRANSFER);
  const recoloured = mapColours(projected, matrix, offset);
  return withSoftShadows(giveBackDetail(recoloured, transferred, faces));
}

/** {@link repaint} in place, without ever having a picture as numbers that need not be. */
export function repaintRaster(
  stylized: Raster,
  { photograph, painting, palette, faces, seed }: Omit<Common, "painting"> & { photograph: Raster; painting: Raster },
): void {
  const weights = subjectWeights(photograph);
  const transfer = transferMap(colourStatistics(photograph, weights), palette);
  mixInPlace(rasterSurface(stylized), rasterSurface(photograph), transfer, faces);
  const { colours } = projectLevels(
    rasterLevels(stylized, MARGIN),
    rasterLevels(painting),
    optionsFor(stylized, faces, seed),
  );
  const inner = rgbOf(withoutBorder(colours, stylized));
  const { matrix, offset } = transferMap(colourStatistics(inner, weights), palette, LAST_TRANSFER);
  const projected = pictureSurface(inner);
  const result = rasterSurface(stylized);
  const last = hasFaces(faces) ? (part: Picture) => part : withSoftShadows;
  inBands(result, (y, width, rows) => last(mapColours(projected.read(0, y, width, rows), matrix, offset)));
  if (hasFaces(faces)) giveBackInPlace(result, rasterSurface(photograph), transfer, faces);
}

/** A raster's levels. What they are made of is kept for the coarse ones alone: at the finest there is no room for it. */
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

const between = ({ scene, face }: { scene: number; face: number }, mask: number): number =>
  scene + mask * (face - scene);

/** (1 − share)·a + share·b, with a share for each pixel. */
function mixed(a: Picture, b: Picture, share: (pixel: number) => number): Picture {
  const pixels = a.width * a.height;
  const data = a.data.map((value, i) => value + share(i % pixels) * (b.data[i]! - value));
  return { ...a, data };
}

/** So many rows are numbers at a time. */
const ROWS = 64;

/** Writes a surface anew, a few rows after the other. */
function inBands(surface: Surface, band: (y: number, width: number, rows: number) => Picture): void {
  const { width, height } = surface;
  for (let y = 0; y < height; y += ROWS) surface.write(band(y, width, Math.min(ROWS, height - y)), 0, y);
}

const transferredPart = (part: Picture, { matrix, offset }: ColourMap): Picture =>
  clamped(mapColours(part, matrix, offset));

/** Mixes the transferred photograph into what a net has made. */
function mixInPlace(stylized: Surface, photograph: Surface, transfer: ColourMap, faces: Float32Array): void {
  inBands(stylized, (y, width, rows) => {
    const transferred = transferredPart(photograph.read(0, y, width, rows), transfer);
    return mixed(stylized.read(0, y, width, rows), transferred, (i) => between(PHOTOGRAPH, faces[y * width + i]!));
  });
}

/** {@link giveBackDetail} without the pictures as numbers. */
function giveBackInPlace(painted: Surface, photograph: Surface, transfer: ColourMap, faces: Float32Array): void {
  const { width, height } = painted;
  const missing = new Float32Array(width * height);
  for (let y = 0; y < height; y += ROWS) {
    const rows = Math.min(ROWS, height - y);
    const theirs = lumaOf(transferredPart(photograph.read(0, y, width, rows), transfer));
    const own = lumaOf(painted.read(0, y, width, rows));
    missing.set(
      theirs.map((value, i) => value - own[i]!),
      y * width,
    );
  }
  const detail = detailOf(missing, painted, faces);
  inBands(painted, (y, _, rows) =>
    withSoftShadows(withLuma(painted.read(0, y, width, rows), detail.subarray(y * width, (y + rows) * width))),
  );
}

/** Pixels of mirrored border while patches are matched, so that the edge has neighbours. */
const MARGIN = 8;

type Size = Pick<Picture, "width" | "height">;

const bordered = (picture: Picture): Picture => reflectPad(picture, MARGIN);
const withoutBorder = (picture: Picture, { width, height }: Size): Picture =>
  crop(picture, MARGIN, MARGIN, width, height);

const hasFaces = (faces: Float32Array): boolean => faces.some((mask) => mask >= 1e-3);

function optionsFor({ width, height }: Size, faces: Float32Array, seed: number): ProjectionOptions {
  const blend = hasFaces(faces) ? boldness({ width, height }, faces) : BOLDNESS.scene;
  return { blend, sigma: 0.25, seed };
}

/** λ for each pixel and its border's. */
function boldness({ width, height }: Size, faces: Float32Array): Float32Array {
  const [w, h] = [width + 2 * MARGIN, height + 2 * MARGIN];
  const shares = new Float32Array(w * h);
  for (let y = 0, i = 0; y < h; y++) {
    const row = width * mirrored(y - MARGIN, height);
    for (let x = 0; x < w; x++, i++) shares[i] = between(BOLDNESS, faces[row + mirrored(x - MARGIN, width)]!);
  }
  return shares;
}

/** What is finer than this many pixels is detail. */
const COARSE = 8;

/** Under the mask: a part of the photograph's fine luma in place of the painting's, so that eyes and mouths are where they were. */
function giveBackDetail(painted: Picture, photograph: Picture, mask: Float32Array): Picture {
  if (!hasFaces(mask)) return painted;
  const own = lumaOf(painted);
  const missing = lumaOf(photograph).map((value, i) => value - own[i]!);
  return withLuma(painted, detailOf(missing, painted, mask));
}

/** A share of what is fine in a plane [height, width]: of what it has more than its mean over about 8 pixels. */
function detailOf(plane: Float32Array, { width, height }: Size, mask: Float32Array): Float32Array {
  const [w, h] = [Math.ceil(width / COARSE), Math.ceil(height / COARSE)];
  const coarse = resizePlanes(resizePlanes(plane, width, height, w, h), w, h, width, height);
  return plane.map((value, i) => FACE_DETAIL * mask[i]! * (value - coarse[i]!));
}

/** The luma of `opponent.ts`. */
function lumaOf({ width, height, data }: Picture): Float32Array {
  const pixels = width * height;
  return Float32Array.from(
    { length: pixels },
    (_, i) => (data[i]! + data[pixels + i]! + data[2 * pixels + i]!) / Math.sqrt(3),
  );
}

/** The picture with so much more luma. */
function withLuma({ width, height, data }: Picture, more: Float32Array): Picture {
  const pixels = width * height;
  return { width, height, data: data.map((value, i) => value + more[i % pixels]! / Math.sqrt(3)) };
}
