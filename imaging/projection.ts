import { reflectPad } from "./border.ts";
import { clamped } from "./color.ts";
import { opponentOf, rgbOf } from "./opponent.ts";
import { FEATURES, type Patches, patchesOf, type Radius, squaredUnit, withoutEdges } from "./patch-features.ts";
import { type FeatureRows, type Field, matchPatches } from "./patch-match.ts";
import { nearest, type PatchTree, treeOf } from "./patch-tree.ts";
import type { Picture } from "./picture.ts";
import { randomBits } from "./random.ts";
import { resize, resizePlanes } from "./resize.ts";
import { type Colors, interleaved, vote } from "./vote.ts";

export interface ProjectionOptions {
  /** The number of scales to match at, each half the size of the one before. Fewer if a patch would not fit. */
  readonly levels?: number;
  /** A patch is 2·radius + 1 pixels wide and high, at every level. */
  readonly radius?: Radius;
  /** How often each level is matched and voted. */
  readonly passes?: number;
  /** The number of sweeps over the picture in each pass. */
  readonly sweeps?: number;
  /**
   * λ in [0, 1]: the next matching target is λ·vote + (1 − λ)·query. 0.5 is faithful to the query, 0.75 is bold, and from 0.8 on
   * the query is hardly recognizable. A number, or one for each pixel of the query [height, width].
   */
  readonly blend?: number | Float32Array;
  /**
   * The penalty for each neighbor whose patch is not adjacent in the painting, as a color distance in [0, 1] a pixel; in [0, 0.4].
   * 0 is the most faithful and smooth; 0.02 shows strokes and grain; 0.04 repeats itself.
   */
  readonly coherence?: number;
  /** Standard deviation of the last vote's Gaussian, in patch radii: the smaller, the sharper the strokes. */
  readonly sigma?: number;
  readonly seed?: number;
}

/** Standard deviation of the Gaussian in all votes except the last. */
const INNER_SIGMA = 0.5;

export interface Projection {
  readonly picture: Picture;
  /** The last matching target: the query blended with the previous vote, in RGB. */
  readonly query: Picture;
  /** The match of each pixel in the painting (mirrored, if the painting was smaller than a patch). */
  readonly field: Field;
}

/** A picture at several scales. Each is computed on request, so that none stays in memory longer than needed. */
export interface Levels {
  readonly width: number;
  readonly height: number;
  /** The picture in opponent colors (RGB in [0, 1]), with its sides halved `level` times. */
  at(level: number): Picture;
}

export function levelsOf(picture: Picture): Levels {
  const colours = opponentOf(clamped(picture));
  return { width: picture.width, height: picture.height, at: (level) => halved(colours, level) };
}

/**
 * Repaints a picture with a painting's own patches, from coarse to fine. Each neighborhood is matched with a similar patch of the
 * painting that continues its neighbors' patches (PatchMatch, Barnes et al. 2009). Overlapping patches vote on each pixel. The
 * result is blended with the query and matched again (texture optimization, Kwatra et al. 2005; with a content picture over
 * several scales, Elad & Milanfar 2017). This is texture synthesis without a neural net. The result has the query's size, is
 * the same for the same seed, and contains only mixtures of the painting's colors. Both pictures can have any size from 1×1;
 * a painting smaller than a patch is mirrored until a patch fits.
 */
export const projectOnto = (query: Picture, painting: Picture, options: ProjectionOptions = {}): Picture =>
  rgbOf(projectLevels(levelsOf(query), levelsOf(ensurePatch(painting, options)), options).colours);

/** {@link projectOnto}, which also returns the last target and the matches. */
export function project(query: Picture, painting: Picture, options: ProjectionOptions = {}): Projection {
  let last: Picture | undefined;
  const { colours, field } = projectLevels(
    levelsOf(query),
    levelsOf(ensurePatch(painting, options)),
    options,
    (target) => {
      last = rgbOf(target);
    },
  );
  return { picture: rgbOf(colours), query: last!, field };
}

/**
 * {@link projectOnto} for levels, and a painting that holds at least one patch. The result is in opponent colors. `onTarget` gets each
 * matching target before its memory is reused.
 */
export function projectLevels(
  query: Levels,
  painting: Levels,
  options: ProjectionOptions = {},
  onTarget?: (target: Picture) => void,
): { colours: Picture; field: Field } {
  const { levels = 4, radius = 2, passes = 2, sweeps = 2, blend = 0.65, coherence = 0.02, seed = 5 } = options;
  const { sigma = INNER_SIGMA } = options;
  const side = 2 * radius + 1;
  const breakPenalty = Math.round(coherence ** 2 * side ** 2 * squaredUnit(radius));
  const search = { sweeps, breakPenalty, random: randomBits(seed) };

  let field: Field | undefined;
  let voted: Picture | undefined;
  let coarser: Size = painting;
  for (let level = coarsestLevel(levels, query, painting, side); level >= 0; level--) {
    const { colours, patches, tree } = levelSource(painting.at(level), radius);
    const levelQuery = query.at(level);
    const share = shareAt(blend, query, levelQuery);
    if (field) {
      field = upsampledField(field, coarser, levelQuery, colours, radius);
      voted = vote(field, colours, radius, INNER_SIGMA);
    }
    for (let pass = 0; pass < passes; pass++) {
      // The vote becomes the next target, and the next vote overwrites it, so that only one picture is in memory.
      const target = voted ? blendWithQuery(voted, levelQuery, share) : levelQuery;
      const rows: FeatureRows = (first, end) => patchesOf(target, radius, { first, end }).features;
      field ??= initialField(target, rows, tree);
      matchPatches(rows, patches, tree, field, search);
      onTarget?.(target);
      voted = vote(field, colours, radius, level === 0 && pass === passes - 1 ? sigma : INNER_SIGMA, voted?.data);
    }
    coarser = { width: colours.width, height: colours.height };
  }
  return { colours: voted!, field: field! };
}

type Size = Pick<Picture, "width" | "height">;

/** Extends a painting by mirroring until a patch fits. */
export const ensurePatch = (painting: Picture, { radius = 2 }: ProjectionOptions = {}): Picture =>
  Math.min(painting.width, painting.height) < 2 * radius + 1 ? reflectPad(painting, radius) : painting;

/** A painting's colors, patches and search tree at one level. */
function levelSource(painting: Picture, radius: Radius): { colours: Colors; patches: Patches; tree: PatchTree } {
  const patches = withoutEdges(patchesOf(painting, radius));
  return { colours: interleaved(painting), patches, tree: treeOf(patches) };
}

/** The coarsestLevel level at which the picture has at least one pixel and the painting is at least two patches wide and high. */
function coarsestLevel(levels: number, picture: Size, painting: Size, side: number): number {
  const fits = (level: number) =>
    Math.min(picture.width, picture.height) >> level >= 1 &&
    Math.min(painting.width, painting.height) >> level >= 2 * side;
  let level = 0;
  while (level + 1 < levels && fits(level + 1)) level++;
  return level;
}

/** Halves a picture's sides `times` times, rounded. */
export function halved(picture: Picture, times: number): Picture {
  if (times === 0) return picture;
  const k = 2 ** times;
  return resize(picture, Math.round(picture.width / k), Math.round(picture.height / k));
}

const shareAt = (blend: number | Float32Array, from: Size, to: Size): number | Float32Array =>
  typeof blend === "number" || (from.width === to.width && from.height === to.height)
    ? blend
    : resizePlanes(blend, from.width, from.height, to.width, to.height);

/** The initial field: each pixel gets the patch that the tree finds for it. */
function initialField({ width, height }: Size, rows: FeatureRows, tree: PatchTree): Field {
  const features = rows(0, height);
  const patches = Int32Array.from({ length: width * height }, (_, i) => nearest(tree, features, i * FEATURES));
  return { width, height, patches };
}

/** Upsamples a field by two: each pixel takes the patch at twice its parent's position in the coarser painting. */
function upsampledField(coarse: Field, coarser: Size, { width, height }: Size, painting: Size, radius: number): Field {
  const within = (at: number, size: number) => Math.min(size - 1 - radius, Math.max(radius, at));
  const patches = new Int32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const parents = Math.min(coarse.height - 1, y >> 1) * coarse.width;
    for (let x = 0; x < width; x++, i++) {
      const parent = coarse.patches[parents + Math.min(coarse.width - 1, x >> 1)]!;
      const row = Math.floor(parent / coarser.width);
      const column = parent - row * coarser.width;
      patches[i] =
        within(2 * row + (y & 1), painting.height) * painting.width + within(2 * column + (x & 1), painting.width);
    }
  }
  return { width, height, patches };
}

/** Overwrites the vote with λ·vote + (1 − λ)·query. */
function blendWithQuery(voted: Picture, query: Picture, share: number | Float32Array): Picture {
  const pixels = voted.width * voted.height;
  const { data } = voted;
  const shares = typeof share === "number" ? undefined : share;
  const even = typeof share === "number" ? share : 0;
  for (let channel = 0, at = 0; channel < 3; channel++)
    for (let i = 0; i < pixels; i++, at++)
      data[at] = query.data[at]! + (shares ? shares[i]! : even) * (data[at]! - query.data[at]!);
  return voted;
}
