import { type Graph, type Model, type Node, node } from "./onnx.ts";

/** The first opset in which DequantizeLinear supports one scale for each channel. */
const OPSET = 13n;

/**
 * Operators with the same meaning in opsets 9 to 13. Their later versions only allow more types, negative axes, or defaults for
 * attributes that these models set. https://github.com/onnx/onnx/blob/main/docs/Changelog.md
 */
const UNCHANGED = new Set(
  "Add Concat Constant Conv Div Exp Flatten Gather Identity Mul PRelu Relu Reshape Shape Sub Transpose".split(" "),
);

/** Converts a model from opset 9 or later to opset 13, in place. Throws on an operator that it cannot convert. */
export function upgradeOpset(model: Model): void {
  if (model.opset >= OPSET) return;
  if (model.opset < 9n)
    throw new Error(`ONNX: opset ${model.opset} cannot be converted to ${OPSET}; the minimum is 9.`);
  model.graph.nodes = model.graph.nodes.map((old) => upgradeNode(old, model.graph));
  model.opset = OPSET;
  // IR version 7 came with opset 13. From 4 on initializers need not be inputs.
  if (model.irVersion < 7n) model.irVersion = 7n;
}

function upgradeNode(old: Node, graph: Graph): Node {
  switch (old.operator) {
    case "Unsqueeze": // opset 13: axes is an input
      return attributesToInputs(old, ["axes"], graph);
    case "Slice": // opset 10: starts, ends and axes are inputs
      return attributesToInputs(old, ["starts", "ends", "axes"], graph);
    case "Softmax": {
      // Before opset 13, all dimensions from `axis` on were normalized together; since then only `axis`. Equal for the last dimension.
      const rank = graph.outputs.find(({ name }) => name === old.outputs[0])?.dims.length;
      const axis = old.attributes.get("axis") ?? 1n;
      if (rank !== undefined && axis === BigInt(rank - 1)) return old;
      throw new Error(
        `ONNX: Softmax ${old.name} may not be over the last dimension, so its opset cannot be converted.`,
      );
    }
    default:
      if (UNCHANGED.has(old.operator)) return old;
      throw new Error(`ONNX: converting ${old.operator} to opset ${OPSET} is not supported.`);
  }
}

/** Converts integer list attributes to inputs, in the given order. */
function attributesToInputs(old: Node, names: string[], graph: Graph): Node {
  const inputs = names.map((name) => {
    const value = old.attributes.get(name);
    if (!Array.isArray(value)) throw new Error(`ONNX: ${old.operator} ${old.name} has no attribute ${name}.`);
    const initializer = `${old.outputs[0]}.${name}`;
    graph.initializers.push({ name: initializer, dims: [value.length], data: BigInt64Array.from(value) });
    return initializer;
  });
  return node(old.operator, [...old.inputs, ...inputs], old.outputs[0]!);
}
