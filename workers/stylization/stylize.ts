import type { Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import { type NotFound, notFound } from "../platform/outcomes.ts";
import { type BadImage, isBadImage, type Picture } from "../platform/picture.ts";
import { type SignUrl, type StoredImage, storeImage } from "../platform/stored-image.ts";
import type { Stages } from "../vision/stages.ts";
import type { Stylizer } from "../vision/stylizer.ts";
import type { Style, Styles } from "./styles.ts";

export interface StylizeRequest {
  image: Picture;
  styleId: string;
  /** FAST: the net only. FINE: the net's result is repainted with patches of the painting, and faces are preserved. */
  quality: "FAST" | "FINE";
  /** In [0, 1]. */
  strength: number;
  preserveColors: boolean;
  /** The longer side of the result in pixels, in 64..2048. */
  maxSide: number;
}

export interface Stylized {
  kind: "stylized";
  image: StoredImage;
  style: Style;
}

export type StylizeOutcome = Stylized | BadImage | NotFound;

interface StylizeDeps {
  tenantId: string;
  styles: Styles;
  stylizer: Stylizer;
  blobs: Blobs;
  signUrl: SignUrl;
  clock: Clock;
  stages?: Stages;
}

/** Stylizes a photograph with a style net and stores the result for one day. */
export async function stylize(request: StylizeRequest, deps: StylizeDeps): Promise<StylizeOutcome> {
  const { tenantId, styles, stylizer, stages } = deps;
  const style = await styles.find(tenantId, request.styleId);
  if (!style) return notFound("style", request.styleId);

  const bytes = await request.image.read();
  if (isBadImage(bytes)) return bytes;
  const { netKey, traits } = style;
  const [file, patches] = await Promise.all([
    styles.net(style),
    request.quality === "FINE" ? styles.painting(style) : undefined,
  ]);
  const { strength, preserveColors, maxSide } = request;
  const painted = await stylizer.paint(bytes, {
    net: { key: netKey, file, traits },
    patches,
    strength,
    preserveColors,
    maxSide,
    tenantId,
    stages,
  });
  if (painted.kind === "badImage") return painted;

  const { jpeg, width, height } = painted;
  const image = await storeImage(deps, { bytes: jpeg, contentType: "image/jpeg", width, height });
  return { kind: "stylized", image, style };
}
