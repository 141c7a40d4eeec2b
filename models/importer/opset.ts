import { type Graph, type Model, type Node, node } from "./onnx.ts";

/** The first opset in which DequantizeLinear takes a scale for each channel. */
const OPSET = 13n;

/**
 * Operators that mean the same in opsets 9 to 13: their later versions only allow more types, negative axes, or
 * defaults for what these models state. https://github.com/onnx/onnx/blob/main/docs/Changelog.md
 */
const UNCHANGED = new Set(
  "Add Concat Constant Conv Div Exp Flatten Gather Identity Mul PRelu Relu Reshape Shape Sub Transpose".split(" "),
);

/** Raises a model of opset 9 or later to opset 13, in place. Throws on an operator that it does not know how to raise. */
export function raiseOpset(model: Model): void {
  if (model.opset >= OPSET) return;
  if (model.opset < 9n) throw new Error(`ONNX: opset ${model.opset} is too old to be raised to ${OPSET}.`);
  model.graph.nodes = model.graph.nodes.map((old) => raise(old, model.graph));
  model.opset = OPSET;
  // IR version 7 came with opset 13. From 4 on initializers need not be inputs.
  if (model.irVersion < 7n) model.irVersion = 7n;
}

function raise(old: Node, graph: Graph): Node {
  switch (old.operator) {
    case "Unsqueeze": // opset 13: axes is an input
      return attributesToInputs(old, ["axes"], graph);
    case "Slice": // opset 10: starts, ends and axes are inputs
      return attributesToInputs(old, ["starts", "ends", "axes"], graph);
    case "Softmax": {
      // Until opset 13 all dimensions from `axis` on were normalized together, since then the one: the same for the last.
      const rank = graph.outputs.find(({ name }) => name === old.outputs[0])?.dims.length;
      const axis = old.attributes.get("axis") ?? 1n;
      if (rank !== undefined && axis === BigInt(rank - 1)) return old;
      throw new Error(`ONNX: Softmax ${old.name} cannot be shown to be over the last dimension.`);
    }
    default:
      if (UNCHANGED.has(old.operator)) return old;
      throw new Error(`ONNX: raising ${old.operator} to opset ${OPSET} is not known to keep its meaning.`);
  }
}

/** Turns lists of integers from attributes into inputs, in the given order. */
function attributesToInputs(old: Node, names: string[], graph: Graph): Node {
  const inputs = names.map((name) => {
    const value = old.attributes.get(name);
    if (!Array.isArray(value)) throw new Error(`ONNX: ${old.operator} ${old.name} does not state its ${name}.`);
    const initializer = `${old.outputs[0]}.${name}`;
    graph.initializers.push({ name: initializer, dims: [value.length], data: BigInt64Array.from(value) });
    return initializer;
  });
  return node(old.operator, [...old.inputs, ...inputs], old.outputs[0]!);
}
