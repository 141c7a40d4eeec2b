import type { FloatTensor } from "../../container/engine/run.ts";
import { batchOf, type PixelContract, planesAt } from "../../imaging/planes.ts";
import type { Raster, Region } from "../../imaging/raster.ts";
import { resample } from "../../imaging/resample.ts";
import type { Similarity } from "../../imaging/similarity.ts";
import { warp } from "../../imaging/warp.ts";
import { toAligned } from "../../workers/vision/embedder.ts";
import { decoded, readWhole } from "../pictures.ts";
import { Refusal } from "../refusal.ts";
import { visionFromFiles } from "../vision-from-files.ts";
import type { PictureNet } from "./nets.ts";

/** A picture as a net takes it, and the same part of it in as many pixels as there are, to be looked at. */
export interface View {
  /** [1, 3, height, width] */
  input: FloatTensor;
  width: number;
  height: number;
  sharp: Raster;
}

/** Sides of pictures for nets that take any size are multiples of this: some halve the picture twice, and put it together again. */
const GRAIN = 4;

/** An aligned face is looked at in so many times more pixels than a net takes. */
const SHARPER = 4;

/**
 * How a net sees pictures: with a longer side of at most `size` pixels; if it has a size of its own, the middle of the picture
 * in those proportions; if it takes aligned faces, the most prominent face. Refuses what cannot be read, by name.
 */
export async function viewer(net: PictureNet, size: number): Promise<(path: string) => Promise<View>> {
  if (!net.alignedFaces) return async (path) => frame(await decoded(path, await readWhole(path)), net, size);
  const vision = await visionFromFiles();
  return async (path) => {
    const bytes = await readWhole(path);
    const raster = await decoded(path, bytes);
    const found = await vision.detect(bytes, { maxFaces: 1 });
    if (found.kind === "badImage") throw new Refusal(`${path}: ${found.message}`);
    const [face] = found.faces;
    if (!face) throw new Refusal(`${path}: no face was found in it, and the net takes faces.`);
    return align(raster, toAligned(face.landmarks), net);
  };
}

function frame(raster: Raster, net: PictureNet, longerSide: number): View {
  const { width, height } = net.size ?? sizeWithin(raster, longerSide);
  const region = net.size ? middleOf(raster, width / height) : { x: 0, y: 0, ...raster };
  const contract = { ...net, width, height };
  const data = batchOf(1, contract);
  resample(raster, region, planesAt(data, 0, contract));
  const { data: prepared } = net.prepare?.({ width, height, data }) ?? { data };
  return { input: { shape: [1, 3, height, width], data: prepared }, width, height, sharp: cropped(raster, region) };
}

function align(raster: Raster, toTemplate: Similarity, net: PictureNet): View {
  const { width, height } = net.size!;
  const contract: PixelContract = { ...net, width, height };
  const data = batchOf(1, contract);
  warp(raster, toTemplate, planesAt(data, 0, contract));
  const large: PixelContract = { channels: "RGB", mean: 0, scale: 1, width: SHARPER * width, height: SHARPER * height };
  const planes = batchOf(1, large);
  warp(raster, enlarged(toTemplate), planesAt(planes, 0, large));
  return { input: { shape: [1, 3, height, width], data }, width, height, sharp: interleaved(planes, large) };
}

/** The picture's proportions, nearly; no larger than it is, and no smaller than a grain. */
function sizeWithin({ width, height }: Raster, longerSide: number): { width: number; height: number } {
  const scale = Math.min(1, longerSide / Math.max(width, height));
  const side = (length: number) => Math.max(GRAIN, GRAIN * Math.round((length * scale) / GRAIN));
  return { width: side(width), height: side(height) };
}

/** The largest part of these proportions around the middle, in whole pixels. */
function middleOf({ width, height }: Raster, aspect: number): Region {
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

/** Whole coordinates are the centres of pixels on both sides: x' = SHARPER·x + (SHARPER − 1) / 2. */
function enlarged({ a, b, tx, ty }: Similarity): Similarity {
  const shift = (SHARPER - 1) / 2;
  return { a: SHARPER * a, b: SHARPER * b, tx: SHARPER * tx + shift, ty: SHARPER * ty + shift };
}

function interleaved(planes: Float32Array, { width, height }: PixelContract): Raster {
  const pixels = width * height;
  const bytes = new Uint8ClampedArray(4 * pixels).fill(255);
  for (let channel = 0; channel < 3; channel++)
    for (let i = 0; i < pixels; i++) bytes[4 * i + channel] = planes[channel * pixels + i]!;
  return { width, height, data: new Uint8Array(bytes.buffer) };
}
