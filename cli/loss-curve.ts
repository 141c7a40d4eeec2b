import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** The losses of one step, by name. */
export interface LossPoint {
  readonly step: number;
  readonly losses: Readonly<Record<string, number>>;
}

/** Values below the largest loss divided by this are not drawn, because a content loss starts at 0. */
const LOSS_RANGE = 1e4;

/** Draws the losses over the steps as SVG, one line each, on a logarithmic axis down to 1/10,000 of the largest value. */
export function lossCurve(title: string, points: readonly LossPoint[]): Promise<string> {
  const values = points.flatMap(({ step, losses }) =>
    Object.entries(losses).map(([name, value]) => ({ step, name, value })),
  );
  const largest = Math.max(...values.map(({ value }) => value));
  const shown = values.filter(({ value }) => value > largest / LOSS_RANGE);
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
