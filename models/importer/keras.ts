import * as v from "valibot";
import type { Spatial, Window } from "./tflite.ts";

/** The layers of a Keras model up to one of them, each after those it takes. Maps are NHWC, kernels HWIO. */
export interface KerasNet {
  layers: KerasLayer[];
  /** By name: `conv2d_1/kernel`. */
  weights: ReadonlyMap<string, KerasWeight>;
}

interface KerasWeight {
  shape: readonly number[];
  data: Float32Array;
}

/** Every option that is not named here has the one value that the reader accepts. */
export type KerasLayer = { name: string; inputs: string[] } & (
  | { kind: "InputLayer"; channels: number }
  | { kind: "Conv2D"; size: Spatial; window: Window; bias: boolean }
  | { kind: "BatchNormalization"; epsilon: number }
  | { kind: "MaxPooling2D" | "AveragePooling2D"; size: Spatial; window: Window }
  | { kind: "ReLU" | "Concatenate" }
);

const spatial = v.tuple([v.number(), v.number()]);
const windowed = {
  strides: spatial,
  padding: v.picklist(["same", "valid"]),
  data_format: v.literal("channels_last"),
};
const pool = v.object({ pool_size: spatial, ...windowed });
const config = {
  InputLayer: v.object({ batch_input_shape: v.tuple([v.null(), v.number(), v.number(), v.number()]) }),
  Conv2D: v.object({
    kernel_size: spatial,
    ...windowed,
    dilation_rate: v.tuple([v.literal(1), v.literal(1)]),
    activation: v.literal("linear"),
    use_bias: v.boolean(),
  }),
  BatchNormalization: v.object({ axis: v.literal(3), epsilon: v.number() }),
  Activation: v.object({ activation: v.literal("relu") }),
  MaxPooling2D: pool,
  AveragePooling2D: pool,
  Concatenate: v.object({ axis: v.literal(3) }),
};

const layer = v.object({
  class_name: v.string(),
  config: v.looseObject({ name: v.string() }),
  /** A layer that is used once has one call; each of its inputs is [layer, call, tensor, arguments]. */
  inbound_nodes: v.array(v.array(v.tuple([v.string(), v.literal(0), v.literal(0), v.looseObject({})]))),
});
type SourceLayer = v.InferOutput<typeof layer>;

const model = v.object({
  modelTopology: v.object({ model_config: v.object({ config: v.object({ layers: v.array(layer) }) }) }),
  weightsManifest: v.tuple([
    v.object({
      weights: v.array(
        v.object({
          name: v.string(),
          shape: v.array(v.number()),
          quantization: v.object({ min: v.number(), scale: v.number(), dtype: v.literal("uint8") }),
        }),
      ),
    }),
  ]),
});

/**
 * Reads a model of TensorFlow.js's layers format whose weights are quantized to eight bits, up to a layer.
 * `bytes` are the weights of the whole model, in the manifest's order: w = min + scale·q.
 * Throws, naming the layer, on a kind or an option that is not read.
 */
export function readKeras(topology: unknown, bytes: Uint8Array, until: string): KerasNet {
  const read = v.safeParse(model, topology);
  if (!read.success) throw new Error(`Keras: the model is not read: ${v.summarize(read.issues)}`);
  const { modelTopology, weightsManifest } = read.output;
  const layers = upTo(until, modelTopology.model_config.config.layers).map(readLayer);

  const owners = new Set(layers.map(({ name }) => name));
  const weights = new Map<string, KerasWeight>();
  let at = 0;
  for (const { name, shape, quantization } of weightsManifest[0].weights) {
    const length = shape.reduce((product, dim) => product * dim, 1);
    const quantized = bytes.subarray(at, at + length);
    at += length;
    if (owners.has(name.split("/")[0]!))
      weights.set(name, {
        shape,
        data: Float32Array.from(quantized, (q) => q * quantization.scale + quantization.min),
      });
  }
  if (at !== bytes.length)
    throw new Error(`Keras: the manifest describes ${at} bytes of weights, and there are ${bytes.length}.`);
  return { layers, weights };
}

/** A weight of a layer, of which it may have none. */
export function weightOf({ weights }: KerasNet, layer: string, name: string): Float32Array | undefined {
  return weights.get(`${layer}/${name}`)?.data;
}

/** A layer and all it depends on, in the model's order. */
function upTo(until: string, layers: readonly SourceLayer[]): SourceLayer[] {
  const needed = new Set([until]);
  // The model's order is one of computing, so whoever needs a layer was met before it from behind.
  for (const { config, inbound_nodes } of layers.toReversed())
    if (needed.has(config.name)) for (const [input] of inbound_nodes.flat()) needed.add(input);
  const kept = layers.filter(({ config }) => needed.has(config.name));
  const lacking = [...needed].filter((name) => !kept.some(({ config }) => config.name === name));
  if (lacking.length > 0) throw new Error(`Keras: the model has no layer ${lacking.join(", ")}.`);
  return kept;
}

function readLayer({ class_name, config: options, inbound_nodes }: SourceLayer): KerasLayer {
  const { name } = options;
  if (inbound_nodes.length > 1) throw new Error(`Keras: the layer ${name} is used several times, which is not read.`);
  const base = { name, inputs: inbound_nodes.flat().map(([input]) => input) };
  const as = <S extends v.GenericSchema>(schema: S): v.InferOutput<S> => {
    const read = v.safeParse(schema, options);
    if (read.success) return read.output;
    throw new Error(`Keras: the layer ${name} (${class_name}) is not read: ${v.summarize(read.issues)}`);
  };
  switch (class_name) {
    case "InputLayer":
      return { ...base, kind: class_name, channels: as(config.InputLayer).batch_input_shape[3] };
    case "Conv2D": {
      const { kernel_size, use_bias, ...rest } = as(config.Conv2D);
      return { ...base, kind: class_name, size: kernel_size, window: windowOf(rest), bias: use_bias };
    }
    case "BatchNormalization":
      return { ...base, kind: class_name, epsilon: as(config.BatchNormalization).epsilon };
    case "Activation":
      as(config.Activation);
      return { ...base, kind: "ReLU" };
    case "MaxPooling2D":
    case "AveragePooling2D": {
      const { pool_size, ...rest } = as(config[class_name]);
      return { ...base, kind: class_name, size: pool_size, window: windowOf(rest) };
    }
    case "Concatenate":
      as(config.Concatenate);
      return { ...base, kind: class_name };
    default:
      throw new Error(`Keras: the layer ${name} is a ${class_name}, which is not read.`);
  }
}

function windowOf({ padding, strides }: { padding: "same" | "valid"; strides: [number, number] }): Window {
  return { padding: padding === "same" ? "SAME" : "VALID", strides };
}
