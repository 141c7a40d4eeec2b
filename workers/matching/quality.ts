import { calibrationOf } from "../../models/calibration.ts";
import { interpolate } from "./interpolate.ts";

/**
 * The quality of a face for recognition, in [0, 1]: the share of the calibration's faces whose embedding is shorter. The norm of an
 * embedding, which a template does not keep, falls with blur, darkness, occlusion and turned heads (Meng et al. 2021, MagFace).
 */
export function qualityOf(norm: number, modelId: string): number {
  const { norms } = calibrationOf(modelId);
  const last = norms.length - 1;
  return interpolate(
    norms.map((x, i) => ({ x, y: i / last })),
    norm,
  );
}
