import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** One curve of the plot: error rates in [0, 1]. */
export interface DetCurve {
  name: string;
  points: readonly { fmr: number; fnmr: number }[];
}

const TICKS = [1e-6, 1e-5, 1e-4, 1e-3, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4];
const MAX_RATE = 0.4;

/**
 * Draws the detection error tradeoff as SVG: FNMR over FMR, both on normal deviate axes, on which normally distributed distances
 * give a straight line. Martin et al. 1997; ISO/IEC 19795-1, 8.5.
 */
export function detPlot(title: string, curves: readonly DetCurve[]): Promise<string> {
  const values = curves.flatMap(({ name, points }) => points.map((rates) => ({ name, ...rates })));
  const inside = values.filter(({ fmr, fnmr }) => fmr > 0 && fnmr > 0 && fmr <= MAX_RATE && fnmr <= MAX_RATE);
  const spec: TopLevelSpec = {
    width: 560,
    height: 420,
    title,
    background: "white",
    data: { values: inside },
    transform: [
      { calculate: deviate("datum.fmr"), as: "x" },
      { calculate: deviate("datum.fnmr"), as: "y" },
    ],
    mark: { type: "line", clip: true },
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        ...rateAxis("False match rate", lowestTick(inside.map(({ fmr }) => fmr))),
      },
      y: {
        field: "y",
        type: "quantitative",
        ...rateAxis("False non-match rate", lowestTick(inside.map(({ fnmr }) => fnmr))),
      },
      color: { field: "name", type: "nominal", title: null, legend: { orient: "top-right", labelLimit: 0 } },
      order: { field: "x" },
    },
  };
  return new View(parse(compile(spec).spec), { renderer: "none" }).toSVG();
}

/** The normal deviate of a rate, as a Vega expression. */
const deviate = (rate: string | number) => `quantileNormal(${rate})`;

/** The highest tick that is not above the lowest rate. */
const lowestTick = (rates: readonly number[]) => TICKS.findLast((tick) => tick <= Math.min(...rates)) ?? TICKS[0]!;

function rateAxis(title: string, from: number) {
  const values = TICKS.filter((tick) => tick >= from);
  return {
    title,
    scale: { domain: [{ expr: deviate(from) }, { expr: deviate(MAX_RATE) }], zero: false, nice: false },
    axis: {
      values: { expr: `[${values.map(deviate).join(", ")}]` },
      labelOverlap: true,
      labelExpr: "format(100 * cumulativeNormal(datum.value), '.2~r') + ' %'",
    },
  };
}
