import { crop, reflectPad } from "../../imaging/border.ts";
import { clamped, keepChroma, transferColours } from "../../imaging/colour.ts";
import { opponentOf, rgbOf } from "../../imaging/opponent.ts";
import type { Picture } from "../../imaging/picture.ts";
import { projectOnto } from "../../imaging/projection.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { resize } from "../../imaging/resize.ts";
import type { ImportedNet } from "../engine/import.ts";
import { descend, LAYERS } from "./descend.ts";
import { faceMask } from "./faces.ts";
import { BORDER } from "./optimise.ts";
import { paletteOf, prepared, sideBySide } from "./paintings.ts";
import type { StylizeRequest, StylizeResult, Watch } from "./request.ts";

const DEFAULTS = { ...LAYERS, steps: 90, learningRate: 0.03, contentWeight: 0.14, start: "content" } as const;
/** How much the distribution of patches counts beside the net's statistics. */
const PATCH_WEIGHT = 4;
/** The part of the transferred photograph in what is projected. */
const PHOTOGRAPH = { scene: 0.35, face: 0.74 };
/** λ of the projection. */
const BOLDNESS = { scene: 0.65, face: 0.5 };
/** How much of the photograph's fine luma a face gets back. */
const FACE_DETAIL = 0.6;
/** Colours are matched to the painting's once more at the end, so far. */
const LAST_TRANSFER = 0.6;

/**
 * Our own recipe: transfer the painting's colours, optimise at half size, project onto the painting's patches. The colour
 * transfer makes the content term indifferent to the old colours; the optimisation decides which part of the painting each
 * place becomes; the projection makes it of real strokes. It is texture synthesis as well as style transfer (Kwatra et al.
 * 2005; Barnes et al. 2009; Elad & Milanfar 2017) on top of Gatys et al. 2016.
 */
export async function painterly(net: ImportedNet, request: StylizeRequest, watch: Watch): Promise<StylizeResult> {
  const { content, faces = [], seed = 1, preserveColors = false } = request;
  const random = randomNumbers(seed);
  const shortSide = Math.min(content.width, content.height);
  const paintings = prepared(request.paintings, shortSide + 2 * BORDER);
  const palette = paletteOf(paintings);
  const transferred = clamped(transferColours(content, palette));

  // At half size, which is enough to say what goes where, in a quarter of the time.
  const half = (side: number) => Math.max(8, Math.round(side / 16) * 8);
  const optimised = await descend(
    net,
    { ...DEFAULTS, ...request },
    {
      picture: resize(transferred, half(content.width), half(content.height)),
      statistics: "moments",
      patchWeight: PATCH_WEIGHT,
      ...(request.resume && { from: request.resume.picture }),
      steps: { begin: 0, first: request.resume?.step ?? 0, last: request.steps ?? DEFAULTS.steps },
      smoothness: 0,
      random,
    },
    watch,
  );
  watch.onPhase?.("projecting onto the painting's patches");
  const mask = faceMask(faces, content);
  const query = mixed(resize(optimised.picture, content.width, content.height), transferred, (i) =>
    between(PHOTOGRAPH, mask[i]!),
  );
  const projected = project(query, sideBySide(paintings), mask, seed);
  const recoloured = transferColours(projected, palette, LAST_TRANSFER);
  const detailed = clamped(giveBackDetail(recoloured, transferred, mask));
  return { ...optimised, picture: preserveColors ? keepChroma(content, detailed) : detailed };
}

const between = ({ scene, face }: { scene: number; face: number }, mask: number): number =>
  scene + mask * (face - scene);

/** (1 − share)·a + share·b, with a share for each pixel. */
function mixed(a: Picture, b: Picture, share: (pixel: number) => number): Picture {
  const pixels = a.width * a.height;
  const data = a.data.map((value, i) => value + share(i % pixels) * (b.data[i]! - value));
  return { ...a, data };
}

/** Pixels of mirrored border while patches are matched, so that the edge has neighbours. */
const MARGIN = 8;

function project(query: Picture, painting: Picture, mask: Float32Array, seed: number): Picture {
  const padded = reflectPad(query, MARGIN);
  const masked = reflectPad({ width: query.width, height: query.height, data: concatenated(mask, mask, mask) }, MARGIN);
  const blend = masked.data.subarray(0, padded.width * padded.height).map((m) => between(BOLDNESS, m));
  const projected = projectOnto(padded, painting, {
    levels: 4,
    radius: 2,
    passes: 2,
    sweeps: 4,
    blend,
    sigma: 0.25,
    seed,
  });
  return crop(projected, MARGIN, MARGIN, query.width, query.height);
}

function concatenated(...parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What is finer than this many pixels is detail. */
const COARSE = 8;

/** Under the mask: a part of the photograph's fine luma in place of the painting's, so that eyes and mouths are where they were. */
function giveBackDetail(painted: Picture, photograph: Picture, mask: Float32Array): Picture {
  if (mask.every((m) => m < 1e-3)) return painted;
  const { width, height } = painted;
  const opponent = opponentOf(painted);
  const known = opponentOf(photograph);
  const [own, theirs] = [fine(opponent), fine(known)];
  for (let i = 0; i < width * height; i++) opponent.data[i]! += FACE_DETAIL * mask[i]! * (theirs[i]! - own[i]!);
  return rgbOf(opponent);
}

/** The luma less its mean over about 8 pixels. */
function fine({ width, height, data }: Picture): Float32Array {
  const picture = { width, height, data };
  const coarse = resize(resize(picture, Math.ceil(width / COARSE), Math.ceil(height / COARSE)), width, height);
  return data.subarray(0, width * height).map((value, i) => value - coarse.data[i]!);
}
