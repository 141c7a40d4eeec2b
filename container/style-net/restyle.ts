import { type ColourStatistics, clamped, transferColours } from "../../imaging/colour.ts";
import { grained } from "../../imaging/grain.ts";
import type { Picture } from "../../imaging/picture.ts";
import { inTiles } from "../../imaging/tiles.ts";
import { open, type SessionOptions } from "../engine/run.ts";
import { tensorOf } from "../style/statistics.ts";
import { GRAIN } from "./architecture.ts";
import { INPUT, OUTPUT } from "./export.ts";

/** What must be known of a net beside its file. */
export interface NetTraits {
  /** Of the painting: photographs come in with them. */
  readonly colours: ColourStatistics;
  /** See `imaging/grain.ts`; as in training. */
  readonly grain: number;
  /** How far a pixel of the result looks, in pixels. */
  readonly reach: number;
}

/** The photograph as the net wants it: in the painting's colours, with grain to make strokes of. In [0, 1]. */
export const prepare = (photograph: Picture, { colours, grain }: NetTraits): Picture =>
  clamped(grained(transferColours(photograph, colours), grain));

export interface Painter {
  /** In one pass; beyond a tile's size in several, without seams. In [0, 1]. */
  paint(photograph: Picture): Promise<Picture>;
  release(): Promise<void>;
}

/** Sides of a tile's own pixels: 64 MB of activations. */
const TILE = 512;
/** At a quarter of the size two pixels must be left to be mirrored. */
const LEAST = 2 * GRAIN;

/** A net from its file, fp32 or quantized. */
export async function openPainter(net: Uint8Array, traits: NetTraits, options: SessionOptions = {}): Promise<Painter> {
  const session = await open(net, options);
  const tiling = { size: TILE, overlap: traits.reach, multiple: GRAIN, least: LEAST };
  return {
    paint: (photograph) =>
      inTiles(prepare(photograph, traits), tiling, async (part) => {
        const { [OUTPUT]: painted } = await session.run({ [INPUT]: tensorOf(part) });
        return { width: part.width, height: part.height, data: painted!.data };
      }),
    release: () => session.release(),
  };
}
