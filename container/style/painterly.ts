import { clamped, keepChroma, transferColors } from "../../imaging/color.ts";
import { faceMask } from "../../imaging/face-mask.ts";
import { paletteOf, prepared, sideBySide } from "../../imaging/paintings.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { repaint } from "../../imaging/repaint.ts";
import { resize } from "../../imaging/resize.ts";
import type { ImportedNet } from "../engine/import.ts";
import { BORDER } from "./optimize.ts";
import { LAYERS, optimizeStage } from "./optimize-stage.ts";
import type { StylizeHooks, StylizeRequest, StylizeResult } from "./request.ts";

const DEFAULTS = { ...LAYERS, steps: 90, learningRate: 0.03, contentWeight: 0.14, start: "content" } as const;
/** The weight of the patch distribution loss relative to the net's statistics. */
const PATCH_WEIGHT = 4;
/**
 * This project's own recipe. First the colors of the painting are transferred, so that the content term does not
 * preserve the photograph's colors. Then the picture is optimized at half size, which decides what part of the painting
 * appears where. Last, the result is projected onto the painting's patches, so that it consists of real strokes. This
 * combines texture synthesis (Kwatra et al. 2005; Barnes et al. 2009; Elad & Milanfar 2017) with Gatys et al. 2016.
 */
export async function painterly(
  net: ImportedNet,
  request: StylizeRequest,
  hooks: StylizeHooks,
): Promise<StylizeResult> {
  const { content, faces = [], seed = 1, preserveColors = false } = request;
  const random = randomNumbers(seed);
  const shortSide = Math.min(content.width, content.height);
  const paintings = prepared(request.paintings, shortSide + 2 * BORDER);
  const palette = paletteOf(paintings);
  const transferred = clamped(transferColors(content, palette));

  // Half size is enough to decide the composition and takes a quarter of the time.
  const half = (side: number) => Math.max(8, Math.round(side / 16) * 8);
  const optimized = await optimizeStage(
    net,
    { ...DEFAULTS, ...request },
    {
      picture: resize(transferred, half(content.width), half(content.height)),
      statistics: "moments",
      patchWeight: PATCH_WEIGHT,
      ...(request.resume && { from: request.resume.picture }),
      steps: { begin: 0, first: request.resume?.step ?? 0, last: request.steps ?? DEFAULTS.steps },
      smoothness: request.smoothness ?? 0,
      random,
    },
    hooks,
  );
  hooks.onPhase?.("projecting onto the painting's patches");
  const picture = repaint(optimized.picture, {
    transferred,
    painting: sideBySide(paintings),
    palette,
    faces: faceMask(faces, content),
    seed,
  });
  return { ...optimized, picture: preserveColors ? keepChroma(content, picture) : picture };
}
