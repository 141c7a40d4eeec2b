import { createCanvas, loadImage } from "@napi-rs/canvas";
import { crewPhotograph, STRANGER } from "../cli/astronauts.ts";

/** A portrait of 250×250 pixels as JPEG, as a mobile app would send it. */
export async function portraitJpeg(): Promise<Buffer> {
  const canvas = createCanvas(250, 250);
  const image = await loadImage(STRANGER.file);
  canvas.getContext("2d").drawImage(image, 90, 0, 300, 300, 0, 0, 250, 250);
  return canvas.encode("jpeg", 90);
}

/** A portrait of 512×512 pixels as JPEG, the default size of stylized pictures. */
export async function squareJpeg(): Promise<Buffer> {
  const canvas = createCanvas(512, 512);
  canvas.getContext("2d").drawImage(await loadImage(STRANGER.file), 90, 0, 300, 300, 0, 0, 512, 512);
  return canvas.encode("jpeg", 90);
}

/** The upright size of a 12-megapixel phone photograph. */
const PHONE = { width: 4032, height: 3024 };

/** A crew photograph as a phone would store it: 12 megapixels, noise, rotated, with EXIF orientation 6. */
export async function phonePhoto(): Promise<Buffer> {
  const image = await loadImage(crewPhotograph("apollo11-crew"));
  const canvas = createCanvas(PHONE.height, PHONE.width);
  const context = canvas.getContext("2d");
  // Orientation 6: a viewer must rotate the stored picture by 90° clockwise.
  context.translate(0, PHONE.width);
  context.rotate(-Math.PI / 2);
  context.drawImage(image, 0, 0, PHONE.width, PHONE.height);
  context.resetTransform();
  const pixels = context.getImageData(0, 0, PHONE.height, PHONE.width);
  for (let i = 0; i < pixels.data.length; i++) {
    if (i % 4 !== 3) pixels.data[i] = pixels.data[i]! + noise(i);
  }
  context.putImageData(pixels, 0, 0);
  return withOrientation(await canvas.encode("jpeg", 90), 6);
}

/** A number from −8 to 8. A pixel gets the same number in every run. */
const noise = (i: number) => ((Math.imul(i, 2654435761) >>> 20) % 17) - 8;

/** Inserts an EXIF segment with only the orientation after the JPEG's first marker. Exif 2.3, 4.5.4 and 4.6.4 A. */
function withOrientation(jpeg: Buffer, orientation: number): Buffer {
  const header = "4578696600004d4d002a00000008"; // "Exif", big-endian TIFF, directory at 8
  const entry = `0112000300000001000${orientation}0000`; // one entry: orientation, SHORT, one value
  const exif = Buffer.from(`ffe10022${header}0001${entry}00000000`, "hex");
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]);
}
