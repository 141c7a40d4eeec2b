import { type KerasLayer, type KerasNet, weightOf } from "./keras.ts";
import { FLOAT, floats, type Graph, type Model, type Node, node } from "./onnx.ts";
import type { Spatial, Window } from "./tflite.ts";

export interface ConvertKerasOptions {
  /** Name of the input: [N, 3, H, W] in [0, 1]. The net itself was trained on 2x − 1. */
  input: string;
  /** The layers that are outputs of the graph. */
  outputs: readonly string[];
}

/**
 * Converts a Keras net to ONNX with opset 13, for pictures of any size. Each value has the name of its layer. Batch normalizations are
 * folded into the convolutions before them, whose own values are not available. Max pooling becomes average pooling: its gradient
 * reaches every pixel, and it "yields slightly more appealing results" (Gatys et al. 2016, section 2).
 */
export function convertKeras(net: KerasNet, { input, outputs }: ConvertKerasOptions): Model {
  const graph: Graph = { name: "converted from Keras", nodes: [], initializers: [], inputs: [], outputs: [] };
  const weight = (name: string, dims: number[], values: Float32Array) => {
    graph.initializers.push(floats(name, dims, values));
    return name;
  };

  function convolution(layer: KerasLayer & { kind: "Conv2D" }): Node {
    const users = net.layers.filter(({ inputs }) => inputs.includes(layer.name));
    const normalization = users.length === 1 && users[0]?.kind === "BatchNormalization" ? users[0] : undefined;
    const { kernel, dims, bias } = folded(net, layer, normalization);
    const name = normalization?.name ?? layer.name;
    return node(
      "Conv",
      [...layer.inputs, weight(`${layer.name}.kernel`, dims, kernel), weight(`${layer.name}.bias`, [dims[0]!], bias)],
      name,
      windowAttributes(layer.size, layer),
    );
  }

  const names = new Set<string>();
  for (const layer of net.layers) {
    const [from = ""] = layer.inputs;
    switch (layer.kind) {
      case "InputLayer":
        graph.inputs.push({ name: input, elementType: FLOAT, dims: ["N", layer.channels, "H", "W"] });
        graph.nodes.push(
          node("Mul", [input, weight("two", [], Float32Array.of(2))], `${layer.name}.doubled`),
          node("Sub", [`${layer.name}.doubled`, weight("one", [], Float32Array.of(1))], layer.name),
        );
        break;
      case "Conv2D":
        graph.nodes.push(convolution(layer));
        break;
      case "BatchNormalization":
        // Folded into its convolution, which has this value already.
        if (!graph.nodes.some(({ outputs }) => outputs[0] === layer.name))
          throw new Error(`Keras: ${layer.name} has no convolution of its own to fold it into.`);
        break;
      case "ReLU":
        graph.nodes.push(node("Relu", [from], layer.name));
        break;
      case "MaxPooling2D":
      case "AveragePooling2D":
        graph.nodes.push(
          node("AveragePool", [from], layer.name, { ...windowAttributes(layer.size, layer), count_include_pad: 0n }),
        );
        break;
      case "Concatenate":
        graph.nodes.push(node("Concat", layer.inputs, layer.name, { axis: 1n }));
        break;
      default:
        layer satisfies never;
    }
    names.add(layer.name);
  }
  for (const name of outputs) {
    if (!names.has(name)) throw new Error(`Keras: the net has no layer ${name}.`);
    const channels = channelsOf(net, name);
    graph.outputs.push({ name, elementType: FLOAT, dims: ["N", channels, `${name}.height`, `${name}.width`] });
  }
  return { irVersion: 7n, producerName: "semblance", producerVersion: "", opset: 13n, graph };
}

/**
 * A convolution's kernel [out, in, height, width] and bias [out], with the batch normalization after it (if any) folded in:
 * γ·(w∗x + b − μ) / √(σ² + ε) + β = (s·w)∗x + (β + s·(b − μ)) with s = γ / √(σ² + ε). Ioffe & Szegedy 2015, section 3.1.
 */
function folded(
  net: KerasNet,
  { name }: KerasLayer,
  normalization: (KerasLayer & { kind: "BatchNormalization" }) | undefined,
) {
  const source = net.weights.get(`${name}/kernel`);
  if (!source) throw new Error(`Keras: the layer ${name} has no kernel.`);
  const [height = 0, width = 0, channels = 0, out = 0] = source.shape;
  const scale = new Float64Array(out).fill(1);
  const bias = Float64Array.from(weightOf(net, name, "bias") ?? new Float64Array(out));
  if (normalization) {
    const of = (statistic: string) => weightOf(net, normalization.name, statistic);
    const [gamma, beta, mean, variance] = [of("gamma"), of("beta"), of("moving_mean"), of("moving_variance")];
    if (!mean || !variance) throw new Error(`Keras: the layer ${normalization.name} has no mean or no variance.`);
    for (let o = 0; o < out; o++) {
      scale[o] = (gamma?.[o] ?? 1) / Math.sqrt(variance[o]! + normalization.epsilon);
      bias[o] = (beta?.[o] ?? 0) + scale[o]! * (bias[o]! - mean[o]!);
    }
  }
  const kernel = new Float32Array(source.data.length);
  let to = 0;
  for (let o = 0; o < out; o++)
    for (let i = 0; i < channels; i++)
      for (let at = 0; at < height * width; at++)
        kernel[to++] = source.data[(at * channels + i) * out + o]! * scale[o]!;
  return { kernel, dims: [out, channels, height, width], bias: Float32Array.from(bias) };
}

/** SAME padding with stride 1 is independent of the map's size. With a larger stride it is not, so that is not supported. */
function windowAttributes(size: Spatial, { name, window }: { name: string; window: Window }) {
  const pads = size.map((length) => (window.padding === "SAME" ? length - 1 : 0));
  if (window.padding === "SAME" && window.strides.some((stride) => stride !== 1))
    throw new Error(
      `Keras: the padding of ${name}, same with strides of ${window.strides}, depends on the map's size.`,
    );
  return {
    kernel_shape: size.map(BigInt),
    strides: window.strides.map(BigInt),
    pads: [...pads.map((pad) => Math.floor(pad / 2)), ...pads.map((pad) => Math.ceil(pad / 2))].map(BigInt),
  };
}

function channelsOf(net: KerasNet, name: string): number {
  const layer = net.layers.find((candidate) => candidate.name === name)!;
  if (layer.kind === "InputLayer") return layer.channels;
  if (layer.kind === "Conv2D") return net.weights.get(`${name}/kernel`)?.shape[3] ?? 0;
  return layer.inputs.reduce((sum, input) => sum + channelsOf(net, input), 0);
}
