import { toCanvas } from "../../container/inside/crop-patch.ts";
import { heatMap } from "../../container/inside/heat-map.ts";
import type { LayerRunner } from "../../container/inside/layer-runner.ts";
import { activationScore, distanceScore, occlude, type Score } from "../../container/inside/occlusion.ts";
import type { ReceptiveField } from "../../container/inside/receptive-field.ts";
import { interiorRegion } from "../../container/inside/top-patches.ts";
import type { PictureNet } from "./nets.ts";
import type { FoundUnit } from "./strongest.ts";
import type { View } from "./views.ts";

/** What covering parts of a picture did to an answer. */
export interface Occlusion {
  picture: string;
  /** Absent: the squared distance that the embedding moves. */
  unit?: number;
  by?: "max" | "mean";
  /** The answer to the whole picture. */
  before: number;
  /** Side of the grey square, in pixels of the picture as the net sees it. */
  square: number;
  /** Where covering it changed the answer most, in the same pixels. */
  most: { left: number; top: number; change: number };
  says: string;
}

export interface CoverOptions {
  picture: string;
  layer: string;
  unit?: number;
  by: "max" | "mean";
  /** What a unit looks at; unless `border`, its answer counts only where that lies on the picture. */
  fieldOf: (unit: number) => ReceptiveField;
  border?: boolean;
  /** Those that are shown, of which one is taken where none is asked for. */
  units: readonly FoundUnit[];
  progress: (done: number, of: number) => void;
}

/** The square's side as a share of the picture's shorter side, and its step as a share of its own. */
const SQUARE = 1 / 6;
const STEP = 1 / 4;

/** Covers the picture part by part, and draws which parts the answer depends on. */
export async function cover(
  { input, width, height, sharp }: View,
  net: PictureNet,
  probe: LayerRunner,
  { picture, layer, by, progress, ...options }: CoverOptions,
): Promise<{ png: Uint8Array; says: string; report: Occlusion }> {
  const whole = await probe.run(input);
  const answer = (unit: number, by: "max" | "mean") =>
    activationScore(unit, by, (map) =>
      interiorRegion(options.border ? "everything" : options.fieldOf(unit), { width, height }, map),
    );
  const isVector = whole.shape.length === 2;
  const unit =
    options.unit ?? (isVector ? undefined : mostExcited(options.units, (each) => answer(each, "max")(whole)[0]!));
  const score: Score = unit === undefined ? distanceScore(whole) : answer(unit, by);
  const square = Math.max(2, Math.round(SQUARE * Math.min(width, height)));
  const { before, changes, heat } = await occlude(probe, input, score, {
    square,
    step: Math.max(1, Math.round(STEP * square)),
    grey: Array(3).fill((127.5 - net.mean) / net.scale),
    progress,
  });
  const most = changes.reduce((a, b) => (Math.abs(b.change) > Math.abs(a.change) ? b : a));
  const what =
    unit === undefined ? (layer === "embedding" ? "the embedding" : `the vector ${layer}`) : `unit ${unit} of ${layer}`;
  const says =
    unit === undefined
      ? `Covering ${square} pixels at ${most.left}, ${most.top} moves ${what} by a squared distance of ${most.change.toPrecision(3)}.`
      : `Covering ${square} pixels at ${most.left}, ${most.top} changes ${what} from ${before.toPrecision(3)} to ${(before + most.change).toPrecision(3)}.`;
  const png = await heatMap({
    title: `What ${what} looks at`,
    notes: [
      `A grey square of ${square} pixels is put on each part of the picture in turn; a colour is the mean of what the squares there did.`,
      says,
    ],
    picture: toCanvas(sharp),
    heat,
    width,
    height,
    meaning: unit === undefined ? { below: "nearer", above: "moves" } : { below: "falls", above: "rises" },
  });
  const report: Occlusion = { picture, ...(unit !== undefined && { unit, by }), before, square, most, says };
  return { png, says, report };
}

/** Of some units the one that answers to this picture most, measured by what excites it at all. */
function mostExcited(units: readonly FoundUnit[], answer: (unit: number) => number): number {
  const relative = ({ unit, strongest }: FoundUnit) =>
    answer(unit) / (strongest[0]?.activation ?? Number.POSITIVE_INFINITY);
  return units.reduce((best, unit) => (relative(unit) > relative(best) ? unit : best)).unit;
}
