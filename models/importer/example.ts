import type { InputContract } from "../catalog.ts";
import type { Batch } from "./run.ts";

/**
 * Draws example faces in a model's input format: [count, 3, height, width]. They are always the same, at the position of an aligned
 * crop. Each face has different proportions and light, so that swapped channels, rows and columns, or pictures of a batch show in any
 * output.
 */
export function exampleFaces({ width, height, channels, mean, scale }: InputContract, count: number): Batch {
  const data = new Float32Array(count * 3 * width * height);
  let at = 0;
  for (let face = 0; face < count; face++)
    for (let channel = 0; channel < 3; channel++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const color = channels === "RGB" ? channel : 2 - channel;
          data[at++] = (shade((x + 0.5) / width, (y + 0.5) / height, color, face) - mean) / scale;
        }
  return { shape: [count, 3, height, width], data };
}

/** The value of a channel (0 red, 1 green, 2 blue) at a position in [0, 1]², in [0, 255]. */
function shade(x: number, y: number, color: number, face: number): number {
  const light = 0.75 + 0.4 * x - 0.15 * face;
  const at = (cx: number, cy: number, rx: number, ry: number) =>
    1 / (1 + Math.exp(12 * (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 - 1)));
  const mix = (under: number, over: number, amount: number) => under + (over - under) * amount;

  let value = mix([70, 90, 120][color]!, [40, 60, 50][color]!, y);
  value = mix(value, [45, 32, 25][color]!, at(0.5, 0.38, 0.48, 0.5));
  value = mix(value, [214, 168, 140][color]!, at(0.5, 0.58 + 0.03 * face, 0.38, 0.48));
  for (const side of [-1, 1]) {
    const eye = 0.5 + side * (0.157 + 0.02 * face);
    value = mix(value, [70, 50, 40][color]!, at(eye, 0.38, 0.1, 0.025));
    value = mix(value, [235, 230, 228][color]!, at(eye, 0.46, 0.07, 0.035));
    value = mix(value, [50, 40, 45][color]!, at(eye, 0.46, 0.035, 0.035));
  }
  value = mix(value, [170, 120, 100][color]!, at(0.5, 0.66, 0.07, 0.025));
  value = mix(value, [165, 70, 75][color]!, at(0.5 - 0.01 * face, 0.825, 0.15 + 0.03 * face, 0.035));
  return Math.min(255, value * light);
}
