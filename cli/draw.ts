import { readFileSync, writeFileSync } from "node:fs";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { font } from "../container/inside/font.ts";

/** A labeled box, in pixels of the picture. */
export interface Label {
  box: { x: number; y: number; width: number; height: number };
  text: string;
  found: boolean;
}

const FOUND = "#3ddc84";
const NOT_FOUND = "#c8ccd4";

/** Writes a copy of the picture as JPEG, with the boxes and their texts drawn on it. */
export async function drawLabels(picture: string, labels: readonly Label[], out: string): Promise<void> {
  const image = await loadImage(readFileSync(picture));
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const size = Math.max(14, Math.round(image.width / 55));
  context.font = font(size, "bold");
  context.textBaseline = "top";
  context.lineWidth = Math.max(2, size / 7);
  for (const { box, text, found } of labels) {
    const color = found ? FOUND : NOT_FOUND;
    context.strokeStyle = color;
    context.strokeRect(box.x, box.y, box.width, box.height);
    const width = context.measureText(text).width + size * 0.6;
    const x = Math.min(Math.max(0, box.x + box.width / 2 - width / 2), image.width - width);
    const y = Math.min(box.y + box.height + context.lineWidth, image.height - size * 1.4);
    context.fillStyle = "rgba(16, 20, 32, 0.82)";
    context.fillRect(x, y, width, size * 1.4);
    context.fillStyle = color;
    context.fillText(text, x + size * 0.3, y + size * 0.15);
  }
  writeFileSync(out, await canvas.encode("jpeg", 90));
}
