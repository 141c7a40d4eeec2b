import type { Codecs } from "../../imaging/codecs/codecs.ts";
import { DEFAULT_LIMITS, type Limits } from "../../imaging/codecs/header.ts";
import { colourStatistics, createChromaTransfer, subjectStatistics } from "../../imaging/colour.ts";
import { MIN_PART_SIDE, type NetTraits, paintInTiles } from "../../imaging/one-pass.ts";
import { discard, type Raster } from "../../imaging/raster.ts";
import { resized, shrunk } from "../../imaging/shrink.ts";
import { blankRaster, rasterSurface } from "../../imaging/surface.ts";
import { MAX_REACH } from "../../schema/protocol/style.ts";
import type { BadImage } from "../platform/picture.ts";
import type { Box } from "./boxes.ts";
import { decode, type Prepared, prepare, type Shrink } from "./decode.ts";
import type { EncodeJpeg } from "./encode.ts";
import { createFinePainter, LONGER_SIDE, MOST_FINE } from "./fine.ts";
import type { Net, Runtime } from "./runtime.ts";
import { type Stages, untimed } from "./stages.ts";

/** A net that paints in one pass. */
interface StyleNet {
  /** Stands for the file: whose it is, and its whole SHA-256. */
  key: string;
  file: Uint8Array;
  traits: NetTraits;
}

export interface Painting {
  net: StyleNet;
  /** The painting's file: with it, what the net has made is painted once more, with the painting's own patches. */
  patches?: Uint8Array;
  /** In [0, 1]; the rest is the photograph. */
  strength: number;
  /** The photograph keeps its hues. */
  preserveColors: boolean;
  /** The longer side of the result, in pixels; a smaller photograph is not enlarged. */
  maxSide: number;
  /** Each tenant gets its share of the isolate's time. */
  tenantId?: string;
  stages?: Stages;
}

/** A JPEG, and its size in pixels. */
export interface Painted {
  kind: "painted";
  jpeg: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
}

/** Picture bytes in, a painted picture out. Keeps nothing of a picture. */
export interface Stylizer {
  paint(bytes: Uint8Array, painting: Painting): Promise<Painted | BadImage>;
}

export interface StylizerParts {
  runtime: Runtime;
  codecs: Codecs;
  encode: EncodeJpeg;
  /** See `Vision.facesIn`. */
  facesIn: (raster: Raster, maxFaces: number) => Promise<Box[]>;
  shrink?: Shrink;
  limits?: Partial<Limits>;
  /** A picture that is no wider and no higher than this, in pixels, is painted in one piece: {@link AT_ONCE} unless said. */
  atOnce?: number;
}

/** A picture that is no wider and no higher than this is painted at once: that takes 33 MB of the runtime's memory. */
const AT_ONCE = 512;
/** Sides of a tile's own pixels, where it is larger: 19 MB, in about the same time. */
const TILE = 256;
/** Sides of the smallest and of the largest part of a picture that a net is given, in pixels. */
export const LEAST_PART = MIN_PART_SIDE;
export const LARGEST_PART = Math.max(AT_ONCE, TILE + 2 * MAX_REACH);
/** Nets that are kept loaded: each takes less than a megabyte of the runtime's memory. */
const MOST_NETS = 8;
/** More faces than this are a crowd, which is painted like any other thing. */
const MOST_FACES = 8;

export function createStylizer({
  runtime,
  codecs,
  encode,
  facesIn,
  shrink,
  atOnce = AT_ONCE,
  ...parts
}: StylizerParts): Stylizer {
  const limits = { ...DEFAULT_LIMITS, ...parts.limits };
  const nets = new Map<string, Net>();
  const fine = createFinePainter(codecs);

  /** For whoever has the turn. The one that was used longest ago is let go. */
  async function loaded({ key, file }: StyleNet): Promise<Net> {
    const net = nets.get(key) ?? (await runtime.load(file));
    nets.delete(key);
    nets.set(key, net);
    const [oldest] = nets;
    if (nets.size > MOST_NETS && oldest) {
      nets.delete(oldest[0]);
      await oldest[1].release();
    }
    return net;
  }

  async function inOnePass(photograph: Raster, style: StyleNet): Promise<Raster> {
    const net = await loaded(style);
    const painted = blankRaster(photograph.width, photograph.height);
    await paintInTiles(rasterSurface(photograph), rasterSurface(painted), {
      own: subjectStatistics(photograph),
      traits: style.traits,
      tile: Math.max(photograph.width, photograph.height) <= atOnce ? atOnce : TILE,
      run: async ({ width, height, data }) => {
        const [planes] = Object.values(await net.run(data, [1, 3, height, width]));
        if (planes?.length !== data.length)
          throw new TypeError(`The net ${style.key} gave no picture of its input's size.`);
        return { width, height, data: planes };
      },
    });
    return painted;
  }

  async function finely(photograph: Raster, net: StyleNet, painting: Prepared, stages: Stages): Promise<Raster> {
    const { width, height } = photograph;
    const k = Math.min(1, Math.sqrt(MOST_FINE / (width * height)));
    const seen = k < 1 ? shrunk(photograph, Math.floor(k * Math.max(width, height))) : photograph;
    const painted = await stages.time("paint", () => inOnePass(seen, net));
    const faces = await stages.time("detect", () => facesIn(seen, MOST_FACES));
    const how = { photograph: seen, painting: { name: net.key, file: painting }, faces };
    await stages.time("project", () => fine.paint(painted, how));
    return k < 1 ? resized(painted, width, height) : painted;
  }

  /** The painting of a style was looked at when the style was made. */
  async function painting(file: Uint8Array): Promise<Prepared> {
    const prepared = await prepare(file, limits, shrink, LONGER_SIDE);
    if ("kind" in prepared) throw new Error(`The style's painting cannot be read. ${prepared.message}`);
    return prepared;
  }

  return {
    async paint(bytes, { net, patches, strength, preserveColors, maxSide, tenantId, stages = untimed }) {
      // No smaller than the result, however large that may be.
      const enough = { ...limits, decodedPixels: Math.max(limits.decodedPixels, maxSide ** 2) };
      const prepared = await stages.time("decode", () => prepare(bytes, enough, shrink, maxSide));
      if ("kind" in prepared) return prepared;
      const original = patches && (await painting(patches));
      return runtime.inTurn(async () => {
        const photograph = await stages.time("decode", async () => {
          const upright = await decode(prepared, codecs);
          return "kind" in upright ? upright : shrunk(upright.raster, maxSide);
        });
        if ("kind" in photograph) return photograph;
        codecs.release();
        const painted = original
          ? await finely(photograph, net, original, stages)
          : await stages.time("paint", () => inOnePass(photograph, net));
        if (preserveColors) keepHues(photograph, painted);
        mixIn(photograph, painted, 1 - strength);
        discard(photograph);
        const jpeg = await stages.time("encode", () => encode(painted));
        discard(painted);
        return { kind: "painted", jpeg, width: painted.width, height: painted.height };
      }, tenantId);
    },
  };
}

/** So many rows are numbers at a time. */
const ROWS = 64;

/** Gives the painted picture the photograph's hues, in place. */
function keepHues(photograph: Raster, painted: Raster): void {
  const keep = createChromaTransfer(colourStatistics(photograph), colourStatistics(painted));
  const [from, to] = [rasterSurface(photograph), rasterSurface(painted)];
  for (let y = 0; y < to.height; y += ROWS) {
    const rows = Math.min(ROWS, to.height - y);
    to.write(keep(from.read(0, y, from.width, rows), to.read(0, y, to.width, rows)), 0, y);
  }
}

/** Lets a share of the photograph, in [0, 1], show through, in place. */
function mixIn(photograph: Raster, painted: Raster, share: number): void {
  if (share === 0) return;
  for (let i = 0; i < painted.data.length; i++)
    painted.data[i] = Math.round(painted.data[i]! + share * (photograph.data[i]! - painted.data[i]!));
}
