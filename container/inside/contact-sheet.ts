import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { font } from "./font.ts";
import { PATCHES_PER_UNIT } from "./top-patches.ts";

/** The patches that activate the units of a layer most, ready for display. */
export interface Sheet {
  title: string;
  /** Lines that say what is shown and how it was found. */
  notes: readonly string[];
  units: readonly ShownUnit[];
}

export interface ShownUnit {
  unit: number;
  selectivity: number;
  /** The strongest first. There are fewer if fewer pictures activate the unit. */
  patches: readonly ShownPatch[];
}

interface ShownPatch {
  picture: string;
  activation: number;
  /** A square of {@link PATCH_SIDE} pixels. */
  image: Canvas;
}

/** The side of a patch, in pixels. */
export const PATCH_SIDE = 128;

export const COLORS = { page: "#14171d", card: "#1c2029", text: "#f2f4f8", faint: "#98a1b3", accent: "#ffb454" };

const MARGIN = 36;
const GAP = 24;
const PADDING = 14;
const HEADER = 34;
const PATCH_GAP = 4;
/** The patches form a square, as in the paper's figure. */
const PATCHES_PER_ROW = Math.sqrt(PATCHES_PER_UNIT);
const GRID = PATCHES_PER_ROW * PATCH_SIDE + (PATCHES_PER_ROW - 1) * PATCH_GAP;
const CARD = { width: GRID + 2 * PADDING, height: HEADER + GRID + PADDING };

/** Draws all units as one PNG, with a card for each. */
export async function contactSheet({ title, notes, units }: Sheet): Promise<Uint8Array> {
  const columns = Math.max(1, Math.min(4, units.length, Math.ceil(Math.sqrt((4 / 3) * units.length))));
  const rows = Math.ceil(units.length / columns);
  const heading = 52 + 22 * notes.length;
  const canvas = createCanvas(
    2 * MARGIN + columns * CARD.width + (columns - 1) * GAP,
    2 * MARGIN + heading + rows * CARD.height + (rows - 1) * GAP,
  );
  const context = canvas.getContext("2d");
  context.fillStyle = COLORS.page;
  context.fillRect(0, 0, canvas.width, canvas.height);
  drawText(context, title, MARGIN, MARGIN + 22, { size: 24, weight: "bold", within: canvas.width - 2 * MARGIN });
  for (const [i, note] of notes.entries())
    drawText(context, note, MARGIN, MARGIN + 50 + 22 * i, {
      size: 14,
      ink: COLORS.faint,
      within: canvas.width - 2 * MARGIN,
    });
  for (const [i, unit] of units.entries()) {
    const x = MARGIN + (i % columns) * (CARD.width + GAP);
    const y = MARGIN + heading + Math.floor(i / columns) * (CARD.height + GAP);
    drawCard(context, unit, x, y);
  }
  return canvas.encode("png");
}

function drawCard(context: SKRSContext2D, { unit, selectivity, patches }: ShownUnit, x: number, y: number): void {
  context.fillStyle = COLORS.card;
  context.beginPath();
  context.roundRect(x, y, CARD.width, CARD.height, 8);
  context.fill();
  drawText(context, `unit ${unit}`, x + PADDING, y + 23, { size: 15, weight: "bold" });
  const note = patches.length === 0 ? "no picture activates it" : `selectivity ${selectivity.toFixed(2)}`;
  drawText(context, note, x + CARD.width - PADDING, y + 23, { size: 12, ink: COLORS.faint, align: "right" });
  const strongest = patches[0]?.activation ?? 1;
  for (const [i, { image, activation }] of patches.entries()) {
    const left = x + PADDING + (i % PATCHES_PER_ROW) * (PATCH_SIDE + PATCH_GAP);
    const top = y + HEADER + Math.floor(i / PATCHES_PER_ROW) * (PATCH_SIDE + PATCH_GAP);
    context.drawImage(image, left, top);
    // A bar shows the activation relative to the strongest.
    context.fillStyle = COLORS.accent;
    context.fillRect(left, top + PATCH_SIDE - 3, (PATCH_SIDE * activation) / strongest, 3);
  }
}

/** Draws a line of text on its baseline, shrunk if it is wider than `within`. */
export function drawText(
  context: SKRSContext2D,
  text: string,
  x: number,
  y: number,
  o: { size: number; weight?: "bold"; ink?: string; align?: "right" | "center"; within?: number },
): void {
  context.font = font(o.size, o.weight);
  const width = context.measureText(text).width;
  if (o.within !== undefined && width > o.within) context.font = font((o.size * o.within) / width, o.weight);
  context.fillStyle = o.ink ?? COLORS.text;
  context.textAlign = o.align ?? "left";
  context.fillText(text, x, y);
}
