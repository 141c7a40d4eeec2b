import { opponentOf } from "./opponent.ts";
import type { Picture } from "./picture.ts";

/** For each pixel of a picture [height, width] the centre of the patch of the painting it is matched with. */
export interface Field {
  readonly width: number;
  readonly height: number;
  readonly x: Int32Array;
  readonly y: Int32Array;
}

export interface Search {
  /** A patch is 2·radius + 1 pixels wide and high. */
  readonly radius: number;
  /** How often the picture is gone over, in turns from the top left and from the bottom right. */
  readonly sweeps: number;
  /** How far around its best patch a pixel looks for a better one, in pixels; everywhere if not given. */
  readonly reach?: number;
  readonly random: () => number;
}

/** Patches anywhere on the painting, drawn independently. */
export function randomField(width: number, height: number, painting: Picture, { radius, random }: Search): Field {
  const x = new Int32Array(width * height);
  const y = new Int32Array(width * height);
  for (let i = 0; i < x.length; i++) {
    x[i] = radius + Math.floor(random() * (painting.width - 2 * radius));
    y[i] = radius + Math.floor(random() * (painting.height - 2 * radius));
  }
  return { width, height, x, y };
}

/**
 * Improves a field in place: each pixel tries the patches beside those of its neighbours, then random ones around the
 * best so far, in circles half as wide each time (Barnes et al. 2009, §3.2). Distances are sums of squared differences
 * of colours; beyond the picture's edge its edge pixels are repeated, patches of the painting lie wholly inside.
 */
export function matchPatches(picture: Picture, painting: Picture, field: Field, search: Search): void {
  const { width, height, x, y } = field;
  const { radius, sweeps, random } = search;
  const a = interleaved(picture);
  const b = interleaved(painting);
  const distance = (column: number, row: number, px: number, py: number, best: number): number => {
    let sum = 0;
    for (let dy = -radius; dy <= radius; dy++) {
      const line = Math.min(height - 1, Math.max(0, row + dy)) * width;
      let from = 3 * ((py + dy) * painting.width + px - radius);
      for (let dx = -radius; dx <= radius; dx++, from += 3) {
        const at = 3 * (line + Math.min(width - 1, Math.max(0, column + dx)));
        const d0 = a[at]! - b[from]!;
        const d1 = a[at + 1]! - b[from + 1]!;
        const d2 = a[at + 2]! - b[from + 2]!;
        sum += d0 * d0 + d1 * d1 + d2 * d2;
      }
      if (sum >= best) return sum;
    }
    return sum;
  };
  const distances = new Float32Array(width * height);
  for (let i = 0; i < distances.length; i++)
    distances[i] = distance(i % width, Math.floor(i / width), x[i]!, y[i]!, Number.POSITIVE_INFINITY);
  const widest = Math.min(search.reach ?? Number.POSITIVE_INFINITY, Math.max(painting.width, painting.height));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const step = sweep % 2 === 0 ? 1 : -1;
    for (let n = 0; n < distances.length; n++) {
      const i = step > 0 ? n : distances.length - 1 - n;
      const column = i % width;
      const row = Math.floor(i / width);
      const attempt = (px: number, py: number) => {
        if (px < radius || py < radius || px >= painting.width - radius || py >= painting.height - radius) return;
        const d = distance(column, row, px, py, distances[i]!);
        if (d >= distances[i]!) return;
        distances[i] = d;
        x[i] = px;
        y[i] = py;
      };
      if (column - step >= 0 && column - step < width) attempt(x[i - step]! + step, y[i - step]!);
      if (row - step >= 0 && row - step < height) attempt(x[i - step * width]!, y[i - step * width]! + step);
      for (let reach = widest; reach >= 1; reach = Math.floor(reach / 2)) {
        const dx = Math.trunc((2 * random() - 1) * reach);
        const dy = Math.trunc((2 * random() - 1) * reach);
        attempt(x[i]! + dx, y[i]! + dy);
      }
    }
  }
}

function interleaved(picture: Picture): Float32Array {
  const { data } = opponentOf(picture);
  const pixels = picture.width * picture.height;
  const result = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) for (let c = 0; c < 3; c++) result[3 * i + c] = data[c * pixels + i]!;
  return result;
}
