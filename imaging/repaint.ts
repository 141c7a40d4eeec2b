import { crop, reflectPad } from "./border.ts";
import { type ColourStatistics, clamped, transferColours } from "./colour.ts";
import { opponentOf, rgbOf } from "./opponent.ts";
import type { Picture } from "./picture.ts";
import { projectOnto } from "./projection.ts";
import { resize } from "./resize.ts";

/** The part of the transferred photograph in what is projected, and λ of the projection: under faces, and elsewhere. */
const PHOTOGRAPH = { scene: 0.22, face: 0.68 };
const BOLDNESS = { scene: 0.68, face: 0.52 };
/** How much of the photograph's fine luma a face gets back. */
const FACE_DETAIL = 0.55;
/** Colours are matched to the painting's once more at the end, so far. */
const LAST_TRANSFER = 0.6;

export interface Repainting {
  /** The photograph with the painting's colours (`transferColours`), at the size of the result. */
  transferred: Picture;
  /** What patches are taken from, at the scale of the result (`prepared`, `sideBySide`). */
  painting: Picture;
  palette: ColourStatistics;
  /** Where people stay people, [height, width] in [0, 1] (`faceMask`). */
  faces: Float32Array;
  seed: number;
}

/**
 * Paints what a net has made with the painting's own strokes: a mixture of it and the photograph is projected onto the
 * painting's patches, the colours are matched once more, and faces get their features back. The net's noise and grid do not
 * survive it, for no patch of the painting has them. In [0, 1], of the photograph's size.
 */
export function repaint(stylized: Picture, { transferred, painting, palette, faces, seed }: Repainting): Picture {
  const { width, height } = transferred;
  const query = mixed(resize(stylized, width, height), transferred, (i) => between(PHOTOGRAPH, faces[i]!));
  const projected = project(query, painting, faces, seed);
  const recoloured = transferColours(projected, palette, LAST_TRANSFER);
  return clamped(giveBackDetail(recoloured, transferred, faces));
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

function project(query: Picture, painting: Picture, faces: Float32Array, seed: number): Picture {
  const padded = reflectPad(query, MARGIN);
  const masked = reflectPad(
    { width: query.width, height: query.height, data: concatenated(faces, faces, faces) },
    MARGIN,
  );
  const blend = masked.data.subarray(0, padded.width * padded.height).map((m) => between(BOLDNESS, m));
  const projected = projectOnto(padded, painting, {
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
