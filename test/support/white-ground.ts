import { readFile } from "node:fs/promises";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import type { FaceBox } from "../../imaging/face-mask.ts";
import type { Raster } from "../../imaging/raster.ts";

/**
 * Photographs of people on white, in test/fixtures/field: the share of the area that the person fills, and the horizontal center of the
 * person as a share of the width.
 */
const PEOPLE = {
  "white-ground.jpg": { share: 0.29, center: 0.54 },
  "eileen-collins-on-white.jpg": { share: 0.53, center: 0.48 },
} as const;

/** A PNG of this height and aspect ratio 4:5. A person at the lower edge fills `share` of the area (0.05 to 0.6); the rest is white. */
export async function personOnWhite(
  share: number,
  height: number,
  photograph: keyof typeof PEOPLE = "white-ground.jpg",
): Promise<Uint8Array> {
  const width = Math.round(0.8 * height);
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  const image = await loadImage(await readFile(new URL(`../fixtures/field/${photograph}`, import.meta.url)));
  const person = PEOPLE[photograph];
  const scale = Math.sqrt((share * width * height) / (person.share * image.width * image.height));
  const [drawnWidth, drawnHeight] = [scale * image.width, scale * image.height];
  context.drawImage(image, width / 2 - person.center * drawnWidth, height - drawnHeight, drawnWidth, drawnHeight);
  return canvas.encode("png");
}

/** Red, green and blue of each pixel within a box. */
export function colorsIn({ width, data }: Raster, box: FaceBox): number[][] {
  const colours: number[][] = [];
  for (let y = Math.ceil(box.y); y < box.y + box.height; y++)
    for (let x = Math.ceil(box.x); x < box.x + box.width; x++)
      colours.push([...data.subarray(4 * (y * width + x)).subarray(0, 3)]);
  return colours;
}

/** The share of the colors with a channel below 8 of 255, in [0, 1]. */
export const clippedShare = (colours: readonly number[][]): number =>
  colours.filter((color) => Math.min(...color) < 8).length / colours.length;
