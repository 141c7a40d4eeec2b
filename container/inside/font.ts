import { createRequire } from "node:module";
import { GlobalFonts } from "@napi-rs/canvas";

/** A machine may have no fonts, so a font is installed as a package. */
const FAMILY = "DejaVu Sans";
const FILES = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];

/** The canvas font setting for text of `size` pixels. */
export function font(size: number, weight: "normal" | "bold" = "normal"): string {
  if (!GlobalFonts.has(FAMILY)) {
    const { resolve } = createRequire(import.meta.url);
    for (const file of FILES) GlobalFonts.registerFromPath(resolve(`dejavu-fonts-ttf/ttf/${file}`), FAMILY);
  }
  return `${weight} ${size}px "${FAMILY}"`;
}
