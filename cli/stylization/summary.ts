import { basename } from "node:path";
import type { Usage } from "../../container/jobs/messages.ts";
import type { Losses } from "../../container/style/optimize.ts";
import type { StylizeResult } from "../../container/style/request.ts";
import type { FaceBox } from "../../imaging/face-mask.ts";
import type { StylizeOptions } from "./options.ts";

/** The output with `--json`. */
export interface Summary extends Pick<Usage, "cpuSeconds" | "peakRssMb"> {
  out: string;
  width: number;
  height: number;
  recipe: string;
  seed: number;
  provider: string;
  /** The number of all steps, including those of the run that was resumed. */
  steps: number;
  losses: readonly Losses[];
  /** Mean losses of the first and of the last tenth of the steps. */
  lossFirstTenth: number;
  lossLastTenth: number;
  /** Wall-clock time of the whole program. `cpuSeconds` and `peakRssMb` are those of the job process only. */
  seconds: number;
  /** Boxes of the detected faces, in pixels of the picture. */
  faces: readonly FaceBox[];
}

interface Painted {
  result: StylizeResult;
  usage: Usage;
  losses: readonly Losses[];
  faces: readonly FaceBox[];
  seconds: number;
}

export function summaryOf(options: StylizeOptions, { result, usage, losses, faces, seconds }: Painted): Summary {
  const tenth = Math.max(1, Math.floor(losses.length / 10));
  return {
    out: options.out,
    width: result.picture.width,
    height: result.picture.height,
    recipe: options.recipe,
    seed: options.seed,
    provider: result.provider,
    steps: losses.length,
    lossFirstTenth: meanLoss(losses.slice(0, tenth)),
    lossLastTenth: meanLoss(losses.slice(-tenth)),
    seconds: rounded(seconds),
    cpuSeconds: rounded(usage.cpuSeconds),
    peakRssMb: Math.round(usage.peakRssMb),
    faces,
    losses,
  };
}

const meanLoss = (losses: readonly Losses[]): number => losses.reduce((sum, { loss }) => sum + loss, 0) / losses.length;
const rounded = (seconds: number): number => Math.round(seconds * 100) / 100;

/** Formats the summary for a terminal. */
export function summaryText(options: StylizeOptions, summary: Summary): string {
  const { recipe, steps, width, height, provider, faces, seconds, cpuSeconds, peakRssMb } = summary;
  const paintings = options.style.map(({ path }) => basename(path)).join(" and ");
  const people = faces.length === 0 ? "" : `, ${faces.length} ${faces.length === 1 ? "face" : "faces"} kept`;
  return [
    `Painted ${basename(options.content)} in the style of ${paintings}: ${recipe}, ${steps} steps on ${provider}, ` +
      `loss ${summary.lossFirstTenth.toPrecision(3)} → ${summary.lossLastTenth.toPrecision(3)}${people}.`,
    `${options.out}, ${width}×${height}, in ${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s CPU time, ${peakRssMb} MB peak memory).`,
  ].join("\n");
}
