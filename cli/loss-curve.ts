import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** The losses of a step, each by its name. */
export interface LossPoint {
  readonly step: number;
  readonly losses: Readonly<Record<string, number>>;
}

/** The losses over the steps as SVG, on a logarithmic axis, a line each. What is not above 0 has no place on it. */
export function lossCurve(title: string, points: readonly LossPoint[]): Promise<string> {
  const values = points.flatMap(({ step, losses }) =>
    Object.entries(losses).map(([name, value]) => ({ step, name, value })),
  );
  const spec: TopLevelSpec = {
    width: 560,
    height: 320,
    title,
    background: "white",
    data: { values: values.filter(({ value }) => value > 0) },
    mark: { type: "line", clip: true },
    encoding: {
      x: { field: "step", type: "quantitative", title: "Step", scale: { nice: false } },
      y: { field: "value", type: "quantitative", title: "Loss", scale: { type: "log" } },
      color: {
        field: "name",
        type: "nominal",
        title: null,
        sort: Object.keys(points[0]?.losses ?? {}),
        legend: { orient: "top-right" },
      },
      order: { field: "step" },
    },
  };
  return new View(parse(compile(spec).spec), { renderer: "none" }).toSVG();
}
