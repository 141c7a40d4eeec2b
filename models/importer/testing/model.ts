import { FLOAT, type Graph, type Model } from "../onnx.ts";

/** A model with this graph. Default input: one float tensor "x" with this shape. */
export function modelOf(
  graph: Pick<Graph, "nodes"> & Partial<Graph> & { shape?: readonly (number | string)[] },
  opset = 13n,
): Model {
  const { nodes, name = "", initializers = [], outputs = [], shape = ["N", 3, "H", "W"] } = graph;
  const { inputs = [{ name: "x", elementType: FLOAT, dims: [...shape] }] } = graph;
  return {
    irVersion: 8n,
    producerName: "",
    producerVersion: "",
    opset,
    graph: { name, nodes, initializers, inputs, outputs },
  };
}
