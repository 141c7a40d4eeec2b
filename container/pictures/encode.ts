import { createCanvas, ImageData } from "@napi-rs/canvas";
import { type Picture, rasterOf } from "../../imaging/picture.ts";

/** A picture as it is sent. */
export interface Encoded {
  bytes: Uint8Array;
  contentType: "image/jpeg" | "image/png";
  width: number;
  height: number;
}

/** JPEG, in a thread of its own. `quality` of 100: at 92 strokes keep their edges. */
export async function jpegOf(picture: Picture, quality = 92): Promise<Encoded> {
  const { width, height } = picture;
  return { bytes: await canvasOf(picture).encode("jpeg", quality), contentType: "image/jpeg", width, height };
}

/** PNG, in a thread of its own: to 8 bits a channel nothing is lost. */
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
