import { createCanvas, ImageData } from "@napi-rs/canvas";
import { type Picture, rasterOf } from "../../imaging/picture.ts";

/** An encoded picture, ready to be sent. */
export interface Encoded {
  bytes: Uint8Array;
  contentType: "image/jpeg" | "image/png";
  width: number;
  height: number;
}

/** Encodes a JPEG in a separate thread. `quality` in 1..100. At 92, the edges of strokes are preserved. */
export async function jpegOf(picture: Picture, quality = 92): Promise<Encoded> {
  const { width, height } = picture;
  return { bytes: await canvasOf(picture).encode("jpeg", quality), contentType: "image/jpeg", width, height };
}

/** Encodes a PNG in a separate thread. It is lossless at 8 bits per channel. */
export async function pngOf(picture: Picture): Promise<Encoded> {
  const { width, height } = picture;
  return { bytes: await canvasOf(picture).encode("png"), contentType: "image/png", width, height };
}

function canvasOf(picture: Picture) {
  const { width, height, data } = rasterOf(picture);
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(data.buffer), width, height), 0, 0);
  return canvas;
}
