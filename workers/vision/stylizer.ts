import { LRUCache } from "lru-cache";
import type { Codecs } from "../../imaging/codecs/codecs.ts";
import { DEFAULT_LIMITS, type Limits } from "../../imaging/codecs/header.ts";
import { colorStatistics, createChromaTransfer, subjectStatistics } from "../../imaging/color.ts";
import { MIN_PART_SIDE, type NetTraits, paintInTiles } from "../../imaging/one-pass.ts";
import { discard, type Raster } from "../../imaging/raster.ts";
import { resized, shrunk } from "../../imaging/resize.ts";
import { blankRaster, rasterSurface } from "../../imaging/surface.ts";
import { MAX_REACH } from "../../schema/protocol/style.ts";
import type { BadImage } from "../platform/picture.ts";
import type { Box } from "./boxes.ts";
import { decode, type Prepared, prepare, type Shrink } from "./decode.ts";
import type { EncodeJpeg } from "./encode.ts";
import { createFinePainter, MAX_FINE_PIXELS, MAX_PAINTING_SIDE } from "./fine.ts";
import type { Net, Runtime } from "./runtime.ts";
import { type Stages, untimed } from "./stages.ts";

/** A net that paints in one pass. */
interface StyleNet {
  /** Identifies the file: its owner and its complete SHA-256. */
  key: string;
  file: Uint8Array;
  traits: NetTraits;
}

export interface Painting {
  net: StyleNet;
  /** The painting's file. If given, the net's output is repainted with patches of the painting. */
  patches?: Uint8Array;
  /** The share of the painted picture in the result, in [0, 1]. The rest is the photograph. */
  strength: number;
  /** The photograph keeps its hues. */
  preserveColors: boolean;
  /** The maximum longer side of the result, in pixels. A smaller photograph is not enlarged. */
  maxSide: number;
  /** Tenants share the CPU time of the isolate fairly. */
  tenantId?: string;
  stages?: Stages;
}

/** A JPEG and its size in pixels. */
export interface Painted {
  kind: "painted";
  jpeg: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
}

/** Paints pictures. Keeps no data of a picture afterwards. */
export interface Stylizer {
  paint(bytes: Uint8Array, painting: Painting): Promise<Painted | BadImage>;
}

export interface StylizerDeps {
  runtime: Runtime;
  codecs: Codecs;
  encode: EncodeJpeg;
  /** See `Vision.facesIn`. */
  facesIn: (raster: Raster, maxFaces: number) => Promise<Box[]>;
  shrink?: Shrink;
  limits?: Partial<Limits>;
  /** A picture whose sides are at most this long, in pixels, is painted without tiles. Default: {@link MAX_WHOLE_SIDE}. */
  maxWholeSide?: number;
}

/** A picture whose sides are at most this long, in pixels, is painted without tiles. That takes 33 MB of the runtime's memory. */
const MAX_WHOLE_SIDE = 512;
/** The side in pixels of a tile without its margin. A tile takes 19 MB. Painting in tiles takes about as long as painting without. */
const TILE = 256;
/** The minimum and maximum side in pixels of the inputs that a net gets. */
export const MIN_INPUT_SIDE = MIN_PART_SIDE;
export const MAX_INPUT_SIDE = Math.max(MAX_WHOLE_SIDE, TILE + 2 * MAX_REACH);
/** The number of nets that stay loaded. Each takes less than 1 MB of the runtime's memory. */
const MAX_NETS = 8;
/** FINE keeps at most this many faces recognizable. Further faces are painted like the rest of the picture. */
const MAX_FACES = 8;

export function createStylizer({
  runtime,
  codecs,
  encode,
  facesIn,
  shrink,
  maxWholeSide = MAX_WHOLE_SIDE,
  ...deps
}: StylizerDeps): Stylizer {
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const nets = new LRUCache<string, Net>({ max: MAX_NETS });
  const fine = createFinePainter(codecs);

  /** Returns a cached or newly loaded net and releases the least recently used one. Must be called in a turn. */
  async function loadNet({ key, file }: StyleNet): Promise<Net> {
    const cached = nets.get(key);
    if (cached) return cached;
    if (nets.size === MAX_NETS) await nets.pop()?.release();
    const net = await runtime.load(file);
    nets.set(key, net);
    return net;
  }

  async function paintInOnePass(photograph: Raster, style: StyleNet): Promise<Raster> {
    const net = await loadNet(style);
    const painted = blankRaster(photograph.width, photograph.height);
    await paintInTiles(rasterSurface(photograph), rasterSurface(painted), {
      own: subjectStatistics(photograph),
      traits: style.traits,
      tile: Math.max(photograph.width, photograph.height) <= maxWholeSide ? maxWholeSide : TILE,
      run: async ({ width, height, data }) => {
        const [planes] = Object.values(await net.run(data, [1, 3, height, width]));
        if (planes?.length !== data.length)
          throw new TypeError(`The output of the style net ${style.key} does not have the size of its input.`);
        return { width, height, data: planes };
      },
    });
    return painted;
  }

  async function paintFine(photograph: Raster, net: StyleNet, painting: Prepared, stages: Stages): Promise<Raster> {
    const { width, height } = photograph;
    const scale = Math.min(1, Math.sqrt(MAX_FINE_PIXELS / (width * height)));
    const input = scale < 1 ? shrunk(photograph, Math.floor(scale * Math.max(width, height))) : photograph;
    const painted = await stages.time("paint", () => paintInOnePass(input, net));
    const faces = await stages.time("detect", () => facesIn(input, MAX_FACES));
    const options = { photograph: input, painting: { name: net.key, file: painting }, faces };
    await stages.time("project", () => fine.paint(painted, options));
    return scale < 1 ? resized(painted, width, height) : painted;
  }

  /** Prepares a style's painting. Throws if that fails, because paintings are checked when their style is made. */
  async function preparePainting(file: Uint8Array): Promise<Prepared> {
    const prepared = await prepare(file, limits, shrink, MAX_PAINTING_SIDE);
    if ("kind" in prepared) throw new Error(`The style's painting cannot be decoded. ${prepared.message}`);
    return prepared;
  }

  return {
    async paint(bytes, { net, patches, strength, preserveColors, maxSide, tenantId, stages = untimed }) {
      // The photograph must not be shrunk below the size of the result.
      const paintLimits = { ...limits, decodedPixels: Math.max(limits.decodedPixels, maxSide ** 2) };
      const prepared = await stages.time("decode", () => prepare(bytes, paintLimits, shrink, maxSide));
      if ("kind" in prepared) return prepared;
      const preparedPainting = patches && (await preparePainting(patches));
      return runtime.inTurn(async () => {
        const photograph = await stages.time("decode", async () => {
          const upright = await decode(prepared, codecs);
          return "kind" in upright ? upright : shrunk(upright.raster, maxSide);
        });
        if ("kind" in photograph) return photograph;
        codecs.release();
        const painted = preparedPainting
          ? await paintFine(photograph, net, preparedPainting, stages)
          : await stages.time("paint", () => paintInOnePass(photograph, net));
        if (preserveColors) keepHues(photograph, painted);
        blendIn(photograph, painted, 1 - strength);
        discard(photograph);
        const jpeg = await stages.time("encode", () => encode(painted));
        discard(painted);
        return { kind: "painted", jpeg, width: painted.width, height: painted.height };
      }, tenantId);
    },
  };
}

/** The number of rows that are converted to floats at a time, which bounds the memory. */
const ROWS = 64;

/** Replaces the painted picture's hues by the photograph's, in place. */
function keepHues(photograph: Raster, painted: Raster): void {
  const keep = createChromaTransfer(colorStatistics(photograph), colorStatistics(painted));
  const [from, to] = [rasterSurface(photograph), rasterSurface(painted)];
  for (let y = 0; y < to.height; y += ROWS) {
    const rows = Math.min(ROWS, to.height - y);
    to.write(keep(from.read(0, y, from.width, rows), to.read(0, y, to.width, rows)), 0, y);
  }
}

/** Blends a share of the photograph, in [0, 1], into the painted picture, in place. */
function blendIn(photograph: Raster, painted: Raster, share: number): void {
  if (share === 0) return;
  for (let i = 0; i < painted.data.length; i++)
    painted.data[i] = Math.round(painted.data[i]! + share * (photograph.data[i]! - painted.data[i]!));
}
