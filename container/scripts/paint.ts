/** Runs a small job on the first execution provider that starts, to check that all files and packages are present. */
import { resolve } from "node:path";
import type { Picture } from "../../imaging/picture.ts";
import { FEATURE_NETS } from "../../models/feature-nets.ts";
import { startJob } from "../jobs.ts";
import { jpegOf, pngOf } from "../pictures/encode.ts";

const waves = (width: number, height: number, period: number): Picture => ({
  width,
  height,
  data: Float32Array.from({ length: 3 * width * height }, (_, i) => 0.5 + 0.4 * Math.sin(i / period)),
});

const { result: provider } = await startJob("provider", { provider: "auto" });
const { result, usage } = await startJob("optimizeStyle", {
  settings: { recipe: "painterly", steps: 2, maxSide: 96 },
  content: (await jpegOf(waves(96, 72, 9))).bytes,
  faces: [],
  paintings: [{ file: (await pngOf(waves(96, 96, 2))).bytes, weight: 1 }],
  network: resolve(import.meta.dirname, "../../models/build", FEATURE_NETS[0]!.file),
  provider,
});
console.log(
  `${result.picture.width}×${result.picture.height}, ${result.losses.length} steps on ${provider}: ` +
    `${usage.seconds.toFixed(1)} s, ${Math.round(usage.peakRssMb)} MB`,
);
