import type { Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import { type NotFound, notFound } from "../platform/outcomes.ts";
import { type BadImage, isBadImage, type Picture } from "../platform/picture.ts";
import type { Stages } from "../vision/stages.ts";
import type { Stylizer } from "../vision/stylizer.ts";
import { type AddressOf, type StoredImage, storeImage } from "./stored-image.ts";
import type { Style, Styles } from "./styles.ts";

export interface StylizeRequest {
  image: Picture;
  styleId: string;
  /** FAST: the net alone. FINE: painted once more with the painting's own patches; faces are kept. */
  quality: "FAST" | "FINE";
  /** In [0, 1]. */
  strength: number;
  preserveColors: boolean;
  /** In pixels, 64..2048. */
  maxSide: number;
}

export interface Stylized {
  kind: "stylized";
  image: StoredImage;
  style: Style;
}

export type StylizeOutcome = Stylized | BadImage | NotFound;

interface Tools {
  tenantId: string;
  styles: Styles;
  stylizer: Stylizer;
  blobs: Blobs;
  addressOf: AddressOf;
  clock: Clock;
  stages?: Stages;
}

/** Paints a photograph in a style and keeps the result for a day. */
export async function stylize(request: StylizeRequest, tools: Tools): Promise<StylizeOutcome> {
  const { tenantId, styles, stylizer, stages } = tools;
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
  const image = await storeImage(tools, { bytes: jpeg, contentType: "image/jpeg", width, height });
  return { kind: "stylized", image, style };
}
