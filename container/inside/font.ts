import { createRequire } from "node:module";
import { GlobalFonts } from "@napi-rs/canvas";

/** A bare machine has no fonts: one comes with the packages. */
const FAMILY = "DejaVu Sans";
const FILES = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];

/** What a canvas is told for text of so many pixels. */
export function font(size: number, weight: "normal" | "bold" = "normal"): string {
  if (!GlobalFonts.has(FAMILY)) {
    const { resolve } = createRequire(import.meta.url);
    for (const file of FILES) GlobalFonts.registerFromPath(resolve(`dejavu-fonts-ttf/ttf/${file}`), FAMILY);
  }
  return `${weight} ${size}px "${FAMILY}"`;
}
