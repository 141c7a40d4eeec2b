import type { FloatTensor } from "../../container/engine/run.ts";
import { batchOf, type PixelContract, planesAt } from "../../imaging/planes.ts";
import type { Raster, Region } from "../../imaging/raster.ts";
import { resample } from "../../imaging/resample.ts";
import type { Similarity } from "../../imaging/similarity.ts";
import { warp } from "../../imaging/warp.ts";
import { toAligned } from "../../workers/vision/embedder.ts";
import { decoded, readBytes } from "../pictures.ts";
import { UserError } from "../user-error.ts";
import { visionFromFiles } from "../vision-from-files.ts";
import type { PictureNet } from "./nets.ts";

/** A picture as the net's input, and the same part of the picture at full resolution for display. */
export interface View {
  /** [1, 3, height, width] */
  input: FloatTensor;
  width: number;
  height: number;
  displayRaster: Raster;
}

/** For nets that take any size, the sides are multiples of this, because some nets halve the picture twice and upsample it again. */
const SIZE_MULTIPLE = 4;

/** The factor by which an aligned face is larger for display than for the net. */
const DISPLAY_SCALE = 4;

/**
 * Returns a function that loads a picture as the net's input, with a longer side of at most `size` pixels. If the net has a fixed
 * size, it takes the center of the picture in that aspect ratio; if it takes aligned faces, the most prominent face. Throws a
 * `UserError` that names the file if it cannot be read.
 */
export async function createViewer(net: PictureNet, size: number): Promise<(path: string) => Promise<View>> {
  if (!net.alignedFaces) return async (path) => resizedView(await decoded(path, await readBytes(path)), net, size);
  const vision = await visionFromFiles();
  return async (path) => {
    const bytes = await readBytes(path);
    const raster = await decoded(path, bytes);
    const found = await vision.detect(bytes, { maxFaces: 1 });
    if (found.kind === "badImage") throw new UserError(`${path}: ${found.message}`);
    const [face] = found.faces;
    if (!face) throw new UserError(`${path}: no face was found in it, and the net takes only faces.`);
    return alignedView(raster, toAligned(face.landmarks), net);
  };
}

function resizedView(raster: Raster, net: PictureNet, longerSide: number): View {
  const { width, height } = net.size ?? sizeWithin(raster, longerSide);
  const region = net.size ? centeredRegion(raster, width / height) : { x: 0, y: 0, ...raster };
  const contract = { ...net, width, height };
  const data = batchOf(1, contract);
  resample(raster, region, planesAt(data, 0, contract));
  const { data: prepared } = net.prepare?.({ width, height, data }) ?? { data };
  return {
    input: { shape: [1, 3, height, width], data: prepared },
    width,
    height,
    displayRaster: cropped(raster, region),
  };
}

function alignedView(raster: Raster, toTemplate: Similarity, net: PictureNet): View {
  const { width, height } = net.size!;
  const contract: PixelContract = { ...net, width, height };
  const data = batchOf(1, contract);
  warp(raster, toTemplate, planesAt(data, 0, contract));
  const large: PixelContract = {
    channels: "RGB",
    mean: 0,
    scale: 1,
    width: DISPLAY_SCALE * width,
    height: DISPLAY_SCALE * height,
  };
  const planes = batchOf(1, large);
  warp(raster, enlarged(toTemplate), planesAt(planes, 0, large));
  return { input: { shape: [1, 3, height, width], data }, width, height, displayRaster: rasterOfPlanes(planes, large) };
}

/** Nearly the picture's aspect ratio, in multiples of {@link SIZE_MULTIPLE}; not larger than the picture. */
function sizeWithin({ width, height }: Raster, longerSide: number): { width: number; height: number } {
  const scale = Math.min(1, longerSide / Math.max(width, height));
  const side = (length: number) =>
    Math.max(SIZE_MULTIPLE, SIZE_MULTIPLE * Math.round((length * scale) / SIZE_MULTIPLE));
  return { width: side(width), height: side(height) };
}

/** The largest centered region with this aspect ratio, in whole pixels. */
function centeredRegion({ width, height }: Raster, aspect: number): Region {
  const wide = Math.max(1, Math.min(width, Math.round(height * aspect)));
  const tall = Math.max(1, Math.min(height, Math.round(width / aspect)));
  return { x: Math.floor((width - wide) / 2), y: Math.floor((height - tall) / 2), width: wide, height: tall };
}

function cropped(raster: Raster, { x, y, width, height }: Region): Raster {
  if (width === raster.width && height === raster.height) return raster;
  const data = new Uint8Array(4 * width * height);
  for (let row = 0; row < height; row++) {
    const from = 4 * ((y + row) * raster.width + x);
    data.set(raster.data.subarray(from, from + 4 * width), 4 * row * width);
  }
  return { width, height, data };
}

/** Integer coordinates are pixel centers on both sides: x' = DISPLAY_SCALE·x + (DISPLAY_SCALE − 1) / 2. */
function enlarged({ a, b, tx, ty }: Similarity): Similarity {
  const shift = (DISPLAY_SCALE - 1) / 2;
  return { a: DISPLAY_SCALE * a, b: DISPLAY_SCALE * b, tx: DISPLAY_SCALE * tx + shift, ty: DISPLAY_SCALE * ty + shift };
}

function rasterOfPlanes(planes: Float32Array, { width, height }: PixelContract): Raster {
  const pixels = width * height;
  const bytes = new Uint8ClampedArray(4 * pixels).fill(255);
  for (let channel = 0; channel < 3; channel++)
    for (let i = 0; i < pixels; i++) bytes[4 * i + channel] = planes[channel * pixels + i]!;
  return { width, height, data: new Uint8Array(bytes.buffer) };
}
