import { type Field, matchPatches, randomField, type Search } from "./patch-match.ts";
import type { Picture } from "./picture.ts";
import { randomNumbers } from "./random.ts";
import { resize, resizePlanes } from "./resize.ts";
import { vote } from "./vote.ts";

export interface ProjectionOptions {
  /** How many sizes to match at, each half as wide and high as the one before; fewer where a patch would not fit. */
  readonly levels?: number;
  /** A patch is 2·radius + 1 pixels wide and high, at every level. */
  readonly radius?: number;
  /** How often a level is matched and voted. */
  readonly passes?: number;
  /** Sweeps of PatchMatch in a pass. */
  readonly sweeps?: number;
  /**
   * λ in [0, 1]: before it is matched again a picture is λ·vote + (1 − λ)·query; 0.5 is faithful, 0.75 bold, from 0.8 on the
   * painting eats the picture. A number, or one for each pixel of the query [height, width].
   */
  readonly blend?: number | Float32Array;
  /** Deviation of the last vote's Gaussian, in radii of a patch: the smaller, the sharper the strokes. */
  readonly sigma?: number;
  /** How far around its best patch a pixel looks for a better one, in pixels of the level; everywhere if not given. */
  readonly reach?: number;
  readonly seed?: number;
}

/** The Gaussian of all votes but the last. */
const INNER_SIGMA = 0.5;

/**
 * Paints a picture anew out of a painting's own patches, from coarse to fine: each neighbourhood is replaced by the one of
 * the painting most like it (PatchMatch, Barnes et al. 2009), overlapping ones vote on each pixel, and the result drawn back
 * towards the picture is matched again (texture optimisation, Kwatra et al. 2005; with a content picture over several scales,
 * Elad & Milanfar 2017). It is texture synthesis: no net is asked. The result has the query's size; it is the
 * same for the same seed. The painting may have any size from 1×1; one smaller than a patch is matched with smaller patches.
 */
export function projectOnto(query: Picture, painting: Picture, options: ProjectionOptions = {}): Picture {
  const { levels = 4, passes = 2, sweeps = 4, blend = 0.65, sigma = INNER_SIGMA, reach, seed = 5 } = options;
  const shortest = Math.min(painting.width, painting.height);
  const radius = Math.min(options.radius ?? 2, Math.floor((shortest - 1) / 2));
  const search: Search = { radius, sweeps, random: randomNumbers(seed), ...(reach === undefined ? {} : { reach }) };
  let field: Field | undefined;
  let voted: Picture | undefined;
  for (let level = coarsest(levels, Math.min(query.width, query.height), shortest, radius); level >= 0; level--) {
    const target = halved(query, level);
    const patches = halved(painting, level);
    const share =
      typeof blend === "number" ? blend : resizePlanes(blend, query.width, query.height, target.width, target.height);
    if (field) {
      field = refined(field, target, patches, radius);
      voted = vote(field, patches, radius, INNER_SIGMA);
    } else field = randomField(target.width, target.height, patches, search);
    for (let pass = 0; pass < passes; pass++) {
      matchPatches(voted ? blended(target, voted, share) : target, patches, field, search);
      voted = vote(field, patches, radius, level === 0 && pass === passes - 1 ? sigma : INNER_SIGMA);
    }
  }
  return voted!;
}

/** The coarsest level at which the picture has a pixel and the painting two patches side by side. */
function coarsest(levels: number, picture: number, painting: number, radius: number): number {
  let level = 0;
  while (level + 1 < levels && picture >> (level + 1) >= 1 && painting >> (level + 1) >= 4 * radius + 2) level++;
  return level;
}

function halved(picture: Picture, times: number): Picture {
  if (times === 0) return picture;
  const k = 2 ** times;
  return resize(picture, Math.round(picture.width / k), Math.round(picture.height / k));
}

/** A field for a picture twice as large: each pixel takes the patch at twice the place of its parent's. */
function refined(coarse: Field, { width, height }: Picture, painting: Picture, radius: number): Field {
  const x = new Int32Array(width * height);
  const y = new Int32Array(width * height);
  for (let row = 0, i = 0; row < height; row++) {
    const parents = Math.min(coarse.height - 1, row >> 1) * coarse.width;
    for (let column = 0; column < width; column++, i++) {
      const parent = parents + Math.min(coarse.width - 1, column >> 1);
      x[i] = within(2 * coarse.x[parent]! + (column & 1), radius, painting.width);
      y[i] = within(2 * coarse.y[parent]! + (row & 1), radius, painting.height);
    }
  }
  return { width, height, x, y };
}

const within = (at: number, radius: number, size: number): number => Math.min(size - 1 - radius, Math.max(radius, at));

/** λ·vote + (1 − λ)·query. */
function blended(query: Picture, voted: Picture, blend: number | Float32Array): Picture {
  const { width, height } = query;
  const pixels = width * height;
  const data = new Float32Array(3 * pixels);
  for (let i = 0; i < data.length; i++) {
    const share = typeof blend === "number" ? blend : blend[i % pixels]!;
    data[i] = share * voted.data[i]! + (1 - share) * query.data[i]!;
  }
  return { width, height, data };
}
