import { createHash } from "node:crypto";
import {
  FLOAT,
  INT64,
  type Node,
  type Attribute as OnnxAttribute,
  type Tensor,
  type ValueInfo,
} from "../../models/importer/onnx.ts";
import { writeOnnx } from "../../models/importer/write-onnx.ts";
import { topological } from "./gradient.ts";
import type { Value } from "./value.ts";

/** Operators follow this version of ONNX's default operator set. */
const OPSET = 18n;
const IR_VERSION = 8n;

/**
 * The ONNX file that computes these values. The keys name the outputs. Nodes that no output needs are left out, and
 * equal nodes are written once. Equal graphs give equal bytes.
 */
export function build(outputs: Readonly<Record<string, Value>>): Uint8Array {
  const names = new Map<Value, string>();
  const namesByKey = new Map<string, string>();
  const nodes: Node[] = [];
  const initializers: Tensor[] = [];
  const inputs: ValueInfo[] = [];

  for (const value of topological(Object.values(outputs))) {
    const key = keyOf(value, names);
    let name = namesByKey.get(key);
    if (name === undefined) {
      name = value.name ?? `#${namesByKey.size}`;
      namesByKey.set(key, name);
      if (value.operator === "Input") inputs.push(valueInfo(name, value));
      else if (value.data) initializers.push({ name, dims: [...value.shape], data: value.data });
      else
        nodes.push({
          name,
          operator: value.operator,
          inputs: value.inputs.map((input) => (input ? names.get(input)! : "")),
          outputs: [name],
          attributes: new Map<string, OnnxAttribute>(Object.entries(value.attributes)),
        });
    }
    names.set(value, name);
  }

  // An output may be an input, a constant, or the same as another output. A separate Identity node gives each output
  // its name.
  for (const [name, value] of Object.entries(outputs))
    nodes.push({ name, operator: "Identity", inputs: [names.get(value)!], outputs: [name], attributes: new Map() });

  throwIfDuplicateName([...inputs, ...initializers, ...nodes].map(({ name }) => name));
  return writeOnnx({
    irVersion: IR_VERSION,
    producerName: "semblance",
    producerVersion: "",
    opset: OPSET,
    graph: {
      name: "semblance",
      nodes,
      initializers,
      inputs,
      outputs: Object.entries(outputs).map(([name, value]) => valueInfo(name, value)),
    },
  });
}

const valueInfo = (name: string, { shape, type }: Value): ValueInfo => ({
  name,
  elementType: type === "int64" ? INT64 : FLOAT,
  dims: [...shape],
});

function throwIfDuplicateName(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name))
      throw new Error(`The name ${name} is used twice in the graph. Inputs and outputs must have unique names.`);
    seen.add(name);
  }
}

/** Values with equal keys are the same. */
function keyOf(value: Value, names: ReadonlyMap<Value, string>): string {
  if (value.operator === "Input") return `input ${value.name} ${value.shape.join()}`;
  if (value.data) {
    const { buffer, byteOffset, byteLength } = value.data;
    const digest = createHash("sha256")
      .update(new Uint8Array(buffer, byteOffset, byteLength))
      .digest("base64");
    return `constant ${value.type} ${value.shape.join()} ${digest}`;
  }
  const attributes = Object.entries(value.attributes).map(([name, of]) => `${name}=${String(of)}`);
  const inputs = value.inputs.map((input) => (input ? names.get(input) : ""));
  return `${value.operator} ${value.shape.join()} ${attributes.join(";")} ${inputs.join()}`;
}
