import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** The losses of a step, each by its name. */
export interface LossPoint {
  readonly step: number;
  readonly losses: Readonly<Record<string, number>>;
}

/** How many times smaller than the largest what is shown may be: a content loss begins at nothing. */
const RANGE = 1e4;

/** The losses over the steps as SVG, a line each, on a logarithmic axis, which ends at a ten-thousandth of the largest. */
export function lossCurve(title: string, points: readonly LossPoint[]): Promise<string> {
  const values = points.flatMap(({ step, losses }) =>
    Object.entries(losses).map(([name, value]) => ({ step, name, value })),
  );
  const largest = Math.max(...values.map(({ value }) => value));
  const shown = values.filter(({ value }) => value > largest / RANGE);
  const spec: TopLevelSpec = {
    width: 560,
    height: 320,
    title,
    background: "white",
    data: { values: shown },
    mark: "line",
    encoding: {
      x: { field: "step", type: "quantitative", title: "Step", scale: { nice: false } },
      y: { field: "value", type: "quantitative", title: "Loss", scale: { type: "log" } },
      color: {
        field: "name",
        type: "nominal",
        title: null,
        sort: Object.keys(points[0]?.losses ?? {}),
        legend: { orient: "right" },
      },
      order: { field: "step" },
    },
  };
  return new View(parse(compile(spec).spec), { renderer: "none" }).toSVG();
}
