import { type Canvas, createCanvas, ImageData } from "@napi-rs/canvas";
import type { Raster } from "../../imaging/raster.ts";
import type { Patch } from "./top-patches.ts";

/** The color of areas outside the picture, where the net saw padding. */
export const OUTSIDE_COLOR = "#0b0d11";

export function toCanvas({ width, height, data }: Raster): Canvas {
  const canvas = createCanvas(width, height);
  const bytes = new Uint8ClampedArray(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  canvas.getContext("2d").putImageData(new ImageData(bytes, width, height), 0, 0);
  return canvas;
}

/**
 * Crops a patch of a picture into a square of `side` pixels, keeping its proportions. `scale` is the number of pixels
 * of this picture for each pixel of the picture that the net saw.
 */
export function cropPatch(picture: Canvas, { left, top, width, height }: Patch, scale: number, side: number): Canvas {
  const canvas = createCanvas(side, side);
  const context = canvas.getContext("2d");
  context.fillStyle = OUTSIDE_COLOR;
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = "high";
  const zoom = side / (scale * Math.max(width, height));
  context.setTransform(
    zoom,
    0,
    0,
    zoom,
    side / 2 - zoom * scale * (left + width / 2),
    side / 2 - zoom * scale * (top + height / 2),
  );
  context.beginPath();
  context.rect(scale * left, scale * top, scale * width, scale * height);
  context.clip();
  context.drawImage(picture, 0, 0);
  return canvas;
}
