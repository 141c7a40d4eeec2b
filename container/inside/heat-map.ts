import { type Canvas, createCanvas, ImageData } from "@napi-rs/canvas";
import { COLORS, drawText } from "./contact-sheet.ts";

export interface HeatMap {
  title: string;
  notes: readonly string[];
  /** The picture, at a higher resolution than the net saw. */
  picture: Canvas;
  /** A number for every pixel of the net's input, [height, width]. */
  heat: Float32Array;
  width: number;
  height: number;
  /** The labels of negative and positive numbers, for example "falls" and "rises". */
  meaning: { below: string; above: string };
}

/** The longer side of each of the two pictures, in pixels. */
const SIDE = 560;
const MARGIN = 36;
const GAP = 20;
const LEGEND = 58;

type Color = readonly [red: number, green: number, blue: number];
/** Color scales from 0 to the maximum. They go from dark to light, so that they are readable without color. */
const WARM: readonly Color[] = [
  [84, 20, 50],
  [189, 40, 46],
  [243, 112, 33],
  [253, 190, 72],
  [255, 250, 190],
];
const COLD: readonly Color[] = [
  [20, 30, 84],
  [30, 76, 160],
  [38, 140, 200],
  [110, 205, 220],
  [215, 250, 245],
];

/**
 * Draws the picture, and beside it the same in gray with the numbers as colors: warm above 0, cold below. Returns a
 * PNG.
 */
export async function heatMap({ title, notes, picture, heat, width, height, meaning }: HeatMap): Promise<Uint8Array> {
  const scale = SIDE / Math.max(picture.width, picture.height);
  const [wide, tall] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const heading = 52 + 22 * notes.length;
  const canvas = createCanvas(2 * MARGIN + 2 * wide + GAP, 2 * MARGIN + heading + tall + LEGEND);
  const context = canvas.getContext("2d");
  context.fillStyle = COLORS.page;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const within = canvas.width - 2 * MARGIN;
  drawText(context, title, MARGIN, MARGIN + 22, { size: 24, weight: "bold", within });
  for (const [i, note] of notes.entries())
    drawText(context, note, MARGIN, MARGIN + 50 + 22 * i, { size: 14, ink: COLORS.faint, within });

  const top = MARGIN + heading;
  const right = MARGIN + wide + GAP;
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, MARGIN, top, wide, tall);
  context.filter = "grayscale(1) brightness(0.8)";
  context.drawImage(picture, right, top, wide, tall);
  context.filter = "none";
  const most = heat.reduce((greatest, change) => Math.max(greatest, Math.abs(change)), 0);
  context.drawImage(overlay(heat, most, width, height), right, top, wide, tall);

  const [least, greatest] = heat.reduce(
    ([low, high], change) => [Math.min(low, change), Math.max(high, change)],
    [0, 0],
  );
  const sides = [
    { isShown: least < 0, scale: COLD, value: least, meaning: meaning.below, x: right },
    { shown: greatest > 0, scale: WARM, value: greatest, meaning: meaning.above, x: right + wide / 2 },
  ].filter(({ isShown }) => isShown);
  for (const [i, { scale: colours, value, meaning: label }] of sides.entries()) {
    const bar = (wide - GAP) / 2;
    const x = sides.length === 1 ? right : right + i * (bar + GAP);
    const length = sides.length === 1 ? wide : bar;
    const gradient = context.createLinearGradient(x, 0, x + length, 0);
    const share = most === 0 ? 0 : Math.abs(value) / most;
    for (let stop = 0; stop <= 16; stop++) gradient.addColorStop(stop / 16, css(colorAt(colours, (share * stop) / 16)));
    context.fillStyle = gradient;
    context.fillRect(x, top + tall + 16, length, 10);
    drawText(context, `0`, x, top + tall + 46, { size: 13, ink: COLORS.faint });
    drawText(context, `${label} by ${Math.abs(value).toPrecision(3)}`, x + length, top + tall + 46, {
      size: 13,
      align: "right",
    });
  }
  return canvas.encode("png");
}

/** One pixel for each number, transparent at 0. */
function overlay(heat: Float32Array, most: number, width: number, height: number): Canvas {
  const pixels = new Uint8ClampedArray(4 * heat.length);
  for (const [i, change] of heat.entries()) {
    const share = most === 0 ? 0 : Math.abs(change) / most;
    pixels.set(colorAt(change < 0 ? COLD : WARM, share), 4 * i);
    pixels[4 * i + 3] = 255 * Math.min(0.85, 1.6 * share);
  }
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

function colorAt(colours: readonly Color[], share: number): Color {
  const at = share * (colours.length - 1);
  const below = Math.min(Math.floor(at), colours.length - 2);
  const [from, to] = [colours[below]!, colours[below + 1]!];
  return [0, 1, 2].map((k) => from[k]! + (at - below) * (to[k]! - from[k]!)) as unknown as Color;
}

const css = ([red, green, blue]: Color) => `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)})`;
