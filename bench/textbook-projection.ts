import { opponentOf } from "../imaging/opponent.ts";
import type { Field } from "../imaging/patch-match.ts";
import type { Picture } from "../imaging/picture.ts";
import { randomNumbers } from "../imaging/random.ts";
import { resize } from "../imaging/resize.ts";

/** As in `imaging/projection.ts`, with the same defaults except `sweeps`. */
interface Options {
  levels: number;
  radius: number;
  passes: number;
  sweeps: number;
  blend: number;
  sigma: number;
  seed: number;
}

const DEFAULTS: Options = { levels: 4, radius: 2, passes: 2, sweeps: 4, blend: 0.65, sigma: 0.5, seed: 5 };
const INNER_SIGMA = 0.5;

/**
 * The reference of the benchmark: projection onto a painting's patches as the papers describe it. The only optimization is that a
 * distance is abandoned after a row if it is too large. Random fields at the coarsest level, PatchMatch with
 * random search over the whole painting (Barnes et al. 2009, §3), votes (Kwatra et al. 2005, eq. 2). The painting must
 * be at least as large as a patch at every level.
 */
export function textbookProjection(
  query: Picture,
  painting: Picture,
  options: Partial<Options> = {},
): { picture: Picture; query: Picture; field: Field } {
  const { levels, radius, passes, sweeps, blend, sigma, seed } = { ...DEFAULTS, ...options };
  const random = randomNumbers(seed);
  let field: Field | undefined;
  let picture = query;
  let target = query;
  let coarseWidth = 0;
  for (let level = levels - 1; level >= 0; level--) {
    const wanted = downscaled(query, level);
    const source = downscaled(painting, level);
    target = wanted;
    if (field) {
      field = upscaledField(field, coarseWidth, wanted, source, radius);
      target = blended(wanted, vote(field, source, radius, INNER_SIGMA), blend);
    } else field = randomField(wanted, source, radius, random);
    for (let pass = 0; pass < passes; pass++) {
      if (pass > 0) target = blended(wanted, picture, blend);
      match(target, source, field, radius, sweeps, random);
      picture = vote(field, source, radius, level === 0 && pass === passes - 1 ? sigma : INNER_SIGMA);
    }
    coarseWidth = source.width;
  }
  return { picture, query: target, field: field! };
}

/** Mean squared distance between the patch of each pixel and its match. */
export function meanPatchDistance(query: Picture, painting: Picture, field: Field, radius = 2): number {
  const distance = patchDistance(query, painting, radius);
  let sum = 0;
  for (let y = 0, i = 0; y < query.height; y++)
    for (let x = 0; x < query.width; x++, i++) sum += distance(x, y, field.patches[i]!, Number.POSITIVE_INFINITY);
  return sum / (query.width * query.height);
}

const downscaled = (picture: Picture, times: number): Picture =>
  times === 0
    ? picture
    : resize(picture, Math.round(picture.width / 2 ** times), Math.round(picture.height / 2 ** times));

function randomField({ width, height }: Picture, painting: Picture, radius: number, random: () => number): Field {
  const patches = Int32Array.from({ length: width * height }, () => {
    const x = radius + Math.floor(random() * (painting.width - 2 * radius));
    const y = radius + Math.floor(random() * (painting.height - 2 * radius));
    return y * painting.width + x;
  });
  return { width, height, patches };
}

/** Upscales a field by two. `coarseWidth` is the width of the painting at the coarse level. */
function upscaledField(
  coarse: Field,
  coarseWidth: number,
  { width, height }: Picture,
  painting: Picture,
  radius: number,
): Field {
  const clampIndex = (at: number, size: number) => Math.min(size - 1 - radius, Math.max(radius, at));
  const patches = Int32Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    const y = Math.floor(i / width);
    const parent = Math.min(coarse.height - 1, y >> 1) * coarse.width + Math.min(coarse.width - 1, x >> 1);
    const at = coarse.patches[parent]!;
    const px = clampIndex(2 * (at % coarseWidth) + (x & 1), painting.width);
    const py = clampIndex(2 * Math.floor(at / coarseWidth) + (y & 1), painting.height);
    return py * painting.width + px;
  });
  return { width, height, patches };
}

/** Returns a function for the squared distance between the picture's patch around (x, y) and the painting's around `patch`. It stops when the distance reaches `limit`. */
function patchDistance(
  picture: Picture,
  painting: Picture,
  radius: number,
): (x: number, y: number, patch: number, limit: number) => number {
  const { width, height } = picture;
  const a = interleaved(picture);
  const b = interleaved(painting);
  return (x, y, patch, limit) => {
    let sum = 0;
    for (let dy = -radius; dy <= radius; dy++) {
      const row = (y + dy < 0 ? 0 : y + dy >= height ? height - 1 : y + dy) * width;
      let from = 3 * (patch + dy * painting.width - radius);
      for (let dx = -radius; dx <= radius; dx++, from += 3) {
        const at = 3 * (row + (x + dx < 0 ? 0 : x + dx >= width ? width - 1 : x + dx));
        const d0 = a[at]! - b[from]!;
        const d1 = a[at + 1]! - b[from + 1]!;
        const d2 = a[at + 2]! - b[from + 2]!;
        sum += d0 * d0 + d1 * d1 + d2 * d2;
      }
      if (sum >= limit) return sum;
    }
    return sum;
  };
}

function interleaved(picture: Picture): Float32Array {
  const { data } = opponentOf(picture);
  const pixels = picture.width * picture.height;
  const result = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) for (let c = 0; c < 3; c++) result[3 * i + c] = data[c * pixels + i]!;
  return result;
}

/** Propagation from two neighbors, then random search in windows whose width halves each time. Sweeps alternate between both corners. */
function match(
  picture: Picture,
  painting: Picture,
  { width, height, patches }: Field,
  radius: number,
  sweeps: number,
  random: () => number,
): void {
  const distance = patchDistance(picture, painting, radius);
  const columns = patches.map((patch) => patch % painting.width);
  const rows = patches.map((patch) => Math.floor(patch / painting.width));
  const distances = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) distances[i] = distance(x, y, patches[i]!, Number.POSITIVE_INFINITY);
  const inside = (x: number, y: number) =>
    x >= radius && y >= radius && x < painting.width - radius && y < painting.height - radius;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const step = sweep % 2 === 0 ? 1 : -1;
    for (let j = 0; j < height; j++) {
      for (let k = 0; k < width; k++) {
        const y = step > 0 ? j : height - 1 - j;
        const x = step > 0 ? k : width - 1 - k;
        const i = y * width + x;
        let best = distances[i]!;
        let bestX = columns[i]!;
        let bestY = rows[i]!;
        const attempt = (px: number, py: number) => {
          if (!inside(px, py) || (px === bestX && py === bestY)) return;
          const d = distance(x, y, py * painting.width + px, best);
          if (d >= best) return;
          best = d;
          bestX = px;
          bestY = py;
        };
        if (k > 0) attempt(columns[i - step]! + step, rows[i - step]!);
        if (j > 0) attempt(columns[i - step * width]!, rows[i - step * width]! + step);
        for (let searchRadius = Math.max(painting.width, painting.height); searchRadius >= 1; searchRadius >>= 1) {
          const dx = ((2 * random() - 1) * searchRadius) | 0;
          const dy = ((2 * random() - 1) * searchRadius) | 0;
          attempt(bestX + dx, bestY + dy);
        }
        columns[i] = bestX;
        rows[i] = bestY;
        distances[i] = best;
      }
    }
  }
  for (let i = 0; i < patches.length; i++) patches[i] = rows[i]! * painting.width + columns[i]!;
}

function vote(field: Field, painting: Picture, radius: number, sigma: number): Picture {
  const { width, height, patches } = field;
  const pixels = width * height;
  const source = painting.width * painting.height;
  const gaussian = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * (radius * sigma) ** 2)),
  );
  const data = new Float32Array(3 * pixels);
  const weights = new Float32Array(pixels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const patch = patches[y * width + x]!;
      for (let dy = Math.max(-radius, -y); dy <= radius && y + dy < height; dy++) {
        for (let dx = Math.max(-radius, -x); dx <= radius && x + dx < width; dx++) {
          const weight = gaussian[dy + radius]! * gaussian[dx + radius]!;
          const to = (y + dy) * width + x + dx;
          const from = patch + dy * painting.width + dx;
          data[to]! += weight * painting.data[from]!;
          data[pixels + to]! += weight * painting.data[source + from]!;
          data[2 * pixels + to]! += weight * painting.data[2 * source + from]!;
          weights[to]! += weight;
        }
      }
    }
  }
  for (let i = 0; i < data.length; i++) data[i]! /= weights[i % pixels]!;
  return { width, height, data };
}

/** λ·vote + (1 − λ)·query. */
const blended = (query: Picture, voted: Picture, share: number): Picture => ({
  ...query,
  data: query.data.map((value, i) => share * voted.data[i]! + (1 - share) * value),
});
