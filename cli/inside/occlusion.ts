import { toCanvas } from "../../container/inside/crop-patch.ts";
import { heatMap } from "../../container/inside/heat-map.ts";
import type { LayerRunner } from "../../container/inside/layer-runner.ts";
import { activationScore, distanceScore, occlude, type Score } from "../../container/inside/occlusion.ts";
import type { ReceptiveField } from "../../container/inside/receptive-field.ts";
import { interiorRegion } from "../../container/inside/top-patches.ts";
import type { PictureNet } from "./nets.ts";
import type { RankedUnit } from "./rank-units.ts";
import type { View } from "./views.ts";

/** How an answer changed when parts of a picture were covered. */
export interface OcclusionReport {
  picture: string;
  /** If absent, the answer is the squared distance by which the embedding moves. */
  unit?: number;
  by?: "max" | "mean";
  /** The answer to the whole picture. */
  before: number;
  /** Side of the gray square, in pixels of the net's input. */
  square: number;
  /** The position where covering changed the answer most, in pixels of the net's input. */
  most: { left: number; top: number; change: number };
  says: string;
}

export interface OcclusionOptions {
  picture: string;
  layer: string;
  unit?: number;
  by: "max" | "mean";
  /** The receptive field of a unit. Unless `border` is set, only positions whose field is inside the picture count. */
  fieldOf: (unit: number) => ReceptiveField;
  border?: boolean;
  /** The units that are shown. If `unit` is omitted, one of them is measured. */
  units: readonly RankedUnit[];
  progress: (done: number, of: number) => void;
}

/** The square's side, as a share of the picture's shorter side; and its step, as a share of its side. */
const SQUARE = 1 / 6;
const STEP = 1 / 4;

/** Covers parts of the picture in turn, and draws which parts the answer depends on. */
export async function measureOcclusion(
  { input, width, height, displayRaster }: View,
  net: PictureNet,
  probe: LayerRunner,
  { picture, layer, by, progress, ...options }: OcclusionOptions,
): Promise<{ png: Uint8Array; says: string; report: OcclusionReport }> {
  const whole = await probe.run(input);
  const answer = (unit: number, by: "max" | "mean") =>
    activationScore(unit, by, (map) =>
      interiorRegion(options.border ? "everything" : options.fieldOf(unit), { width, height }, map),
    );
  const isVector = whole.shape.length === 2;
  const unit =
    options.unit ?? (isVector ? undefined : mostActivated(options.units, (each) => answer(each, "max")(whole)[0]!));
  const score: Score = unit === undefined ? distanceScore(whole) : answer(unit, by);
  const square = Math.max(2, Math.round(SQUARE * Math.min(width, height)));
  const { before, changes, heat } = await occlude(probe, input, score, {
    square,
    step: Math.max(1, Math.round(STEP * square)),
    gray: Array(3).fill((127.5 - net.mean) / net.scale),
    progress,
  });
  const most = changes.reduce((a, b) => (Math.abs(b.change) > Math.abs(a.change) ? b : a));
  const target =
    unit === undefined ? (layer === "embedding" ? "the embedding" : `the vector ${layer}`) : `unit ${unit} of ${layer}`;
  const says =
    unit === undefined
      ? `Covering ${square} pixels at ${most.left}, ${most.top} moves ${target} by a squared distance of ${most.change.toPrecision(3)}.`
      : `Covering ${square} pixels at ${most.left}, ${most.top} changes ${target} from ${before.toPrecision(3)} to ${(before + most.change).toPrecision(3)}.`;
  const png = await heatMap({
    title: `What ${target} depends on`,
    notes: [
      `A gray square of ${square} pixels covers each part of the picture in turn. The color shows the mean effect of the squares at that place.`,
      says,
    ],
    picture: toCanvas(displayRaster),
    heat,
    width,
    height,
    meaning: unit === undefined ? { below: "nearer", above: "moves" } : { below: "falls", above: "rises" },
  });
  const report: OcclusionReport = { picture, ...(unit !== undefined && { unit, by }), before, square, most, says };
  return { png, says, report };
}

/** The unit that this picture activates most, relative to each unit's strongest activation. */
function mostActivated(units: readonly RankedUnit[], answer: (unit: number) => number): number {
  const relative = ({ unit, strongest }: RankedUnit) =>
    answer(unit) / (strongest[0]?.activation ?? Number.POSITIVE_INFINITY);
  return units.reduce((best, unit) => (relative(unit) > relative(best) ? unit : best)).unit;
}
