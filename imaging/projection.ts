import { reflectPad } from "./border.ts";
import { clamped } from "./colour.ts";
import { opponentOf, rgbOf } from "./opponent.ts";
import { FEATURES, type Patches, patchesOf, type Radius, squaredUnit, withoutEdges } from "./patch-features.ts";
import { type FeatureRows, type Field, matchPatches } from "./patch-match.ts";
import { nearest, type PatchTree, treeOf } from "./patch-tree.ts";
import type { Picture } from "./picture.ts";
import { randomBits } from "./random.ts";
import { resize, resizePlanes } from "./resize.ts";
import { type Colours, interleaved, vote } from "./vote.ts";

export interface ProjectionOptions {
  /** How many sizes to match at, each half as wide and high as the one before; fewer where a patch would not fit. */
  readonly levels?: number;
  /** A patch is 2·radius + 1 pixels wide and high, at every level. */
  readonly radius?: Radius;
  /** How often a level is matched and voted. */
  readonly passes?: number;
  /** How often a pass goes over the picture. */
  readonly sweeps?: number;
  /**
   * λ in [0, 1]: before it is matched again a picture is λ·vote + (1 − λ)·query; 0.5 is faithful, 0.75 bold, from 0.8 on the
   * painting eats the picture. A number, or one for each pixel of the query [height, width].
   */
  readonly blend?: number | Float32Array;
  /**
   * By how much nearer, as a distance of colours in [0, 1] a pixel, a patch must be for each neighbour that it is not
   * beside in the painting; in [0, 0.4]. 0 is as faithful as can be and smooth; 0.02 shows strokes and grain; 0.04 repeats itself.
   */
  readonly coherence?: number;
  /** Deviation of the last vote's Gaussian, in radii of a patch: the smaller, the sharper the strokes. */
  readonly sigma?: number;
  readonly seed?: number;
}

/** The Gaussian of all votes but the last. */
const INNER_SIGMA = 0.5;

export interface Projection {
  readonly picture: Picture;
  /** What was matched last: the query blended with the vote before, in RGB. */
  readonly query: Picture;
  /** Where in the painting (mirrored, if it was smaller than a patch) each of its pixels was found. */
  readonly field: Field;
}

/** A picture at several sizes, each made when it is asked for, so that none is in memory longer than it is needed. */
export interface Levels {
  readonly width: number;
  readonly height: number;
  /** In opponent colours whose RGB lie in [0, 1]; half as wide and high for each level. */
  at(level: number): Picture;
}

export function levelsOf(picture: Picture): Levels {
  const colours = opponentOf(clamped(picture));
  return { width: picture.width, height: picture.height, at: (level) => halved(colours, level) };
}

/**
 * Paints a picture anew out of a painting's own patches, from coarse to fine: each neighbourhood is replaced by one of the
 * painting that is like it and continues its neighbours (PatchMatch, Barnes et al. 2009), overlapping ones vote on each
 * pixel, and the result drawn back towards the picture is matched again (texture optimisation, Kwatra et al. 2005; with a
 * content picture over several scales, Elad & Milanfar 2017). It is texture synthesis: no net is asked. The result has
 * the query's size, is the same for the same seed, and holds no colour but mixtures of the painting's. Both may have any
 * size from 1×1; a painting smaller than a patch is mirrored until one fits.
 */
export const projectOnto = (query: Picture, painting: Picture, options: ProjectionOptions = {}): Picture =>
  rgbOf(projectLevels(levelsOf(query), levelsOf(withPatch(painting, options)), options).colours);

/** {@link projectOnto}, and how the result came about. */
export function project(query: Picture, painting: Picture, options: ProjectionOptions = {}): Projection {
  let last: Picture | undefined;
  const { colours, field } = projectLevels(
    levelsOf(query),
    levelsOf(withPatch(painting, options)),
    options,
    (target) => {
      last = rgbOf(target);
    },
  );
  return { picture: rgbOf(colours), query: last!, field };
}

/** {@link projectOnto} of a painting that has a patch; the result is in opponent colours. `watch` sees what is matched, before it is changed. */
export function projectLevels(
  query: Levels,
  painting: Levels,
  options: ProjectionOptions = {},
  watch?: (target: Picture) => void,
): { colours: Picture; field: Field } {
  const { levels = 4, radius = 2, passes = 2, sweeps = 2, blend = 0.65, coherence = 0.02, seed = 5 } = options;
  const { sigma = INNER_SIGMA } = options;
  const side = 2 * radius + 1;
  const apart = Math.round(coherence ** 2 * side ** 2 * squaredUnit(radius));
  const search = { sweeps, apart, random: randomBits(seed) };

  let field: Field | undefined;
  let voted: Picture | undefined;
  let coarser: Size = painting;
  for (let level = coarsest(levels, query, painting, side); level >= 0; level--) {
    const { colours, patches, tree } = sourceOf(painting.at(level), radius);
    const goal = query.at(level);
    const share = shareAt(blend, query, goal);
    if (field) {
      field = refined(field, coarser, goal, colours, radius);
      voted = vote(field, colours, radius, INNER_SIGMA);
    }
    for (let pass = 0; pass < passes; pass++) {
      // From here on what was voted is what is matched, and is then voted anew: one picture in memory.
      const target = voted ? drawnBack(voted, goal, share) : goal;
      const rows: FeatureRows = (first, end) => patchesOf(target, radius, { first, end }).features;
      field ??= foundAlone(target, rows, tree);
      matchPatches(rows, patches, tree, field, search);
      watch?.(target);
      voted = vote(field, colours, radius, level === 0 && pass === passes - 1 ? sigma : INNER_SIGMA, voted?.data);
    }
    coarser = { width: colours.width, height: colours.height };
  }
  return { colours: voted!, field: field! };
}

type Size = Pick<Picture, "width" | "height">;

/** A painting, mirrored until a patch fits in. */
export const withPatch = (painting: Picture, { radius = 2 }: ProjectionOptions = {}): Picture =>
  Math.min(painting.width, painting.height) < 2 * radius + 1 ? reflectPad(painting, radius) : painting;

/** What is asked of a painting at one level. */
function sourceOf(painting: Picture, radius: Radius): { colours: Colours; patches: Patches; tree: PatchTree } {
  const patches = withoutEdges(patchesOf(painting, radius));
  return { colours: interleaved(painting), patches, tree: treeOf(patches) };
}

/** The coarsest level at which the picture has a pixel and the painting is at least two patches wide and high. */
function coarsest(levels: number, picture: Size, painting: Size, side: number): number {
  const fits = (level: number) =>
    Math.min(picture.width, picture.height) >> level >= 1 &&
    Math.min(painting.width, painting.height) >> level >= 2 * side;
  let level = 0;
  while (level + 1 < levels && fits(level + 1)) level++;
  return level;
}

/** A picture whose sides are halved so many times, rounded. */
export function halved(picture: Picture, times: number): Picture {
  if (times === 0) return picture;
  const k = 2 ** times;
  return resize(picture, Math.round(picture.width / k), Math.round(picture.height / k));
}

const shareAt = (blend: number | Float32Array, from: Size, to: Size): number | Float32Array =>
  typeof blend === "number" || (from.width === to.width && from.height === to.height)
    ? blend
    : resizePlanes(blend, from.width, from.height, to.width, to.height);

/** The field in which each pixel has the patch that the tree finds for it. */
function foundAlone({ width, height }: Size, rows: FeatureRows, tree: PatchTree): Field {
  const features = rows(0, height);
  const patches = Int32Array.from({ length: width * height }, (_, i) => nearest(tree, features, i * FEATURES));
  return { width, height, patches };
}

/** A field for a picture twice as large: each pixel takes the patch at twice the place of its parent's in the coarser painting. */
function refined(coarse: Field, coarser: Size, { width, height }: Size, painting: Size, radius: number): Field {
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

/** λ·vote + (1 − λ)·query, in place of the vote. */
function drawnBack(voted: Picture, query: Picture, share: number | Float32Array): Picture {
  const pixels = voted.width * voted.height;
  const { data } = voted;
  const shares = typeof share === "number" ? undefined : share;
  const even = typeof share === "number" ? share : 0;
  for (let channel = 0, at = 0; channel < 3; channel++)
    for (let i = 0; i < pixels; i++, at++)
      data[at] = query.data[at]! + (shares ? shares[i]! : even) * (data[at]! - query.data[at]!);
  return voted;
}
