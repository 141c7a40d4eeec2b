import * as v from "valibot";
import type { Spatial, Window } from "./tflite.ts";

/** The layers of a Keras model up to a given one, in topological order. Maps are NHWC, kernels HWIO. */
export interface KerasNet {
  layers: KerasLayer[];
  /** By name: `conv2d_1/kernel`. */
  weights: ReadonlyMap<string, KerasWeight>;
}

interface KerasWeight {
  shape: readonly number[];
  data: Float32Array;
}

/** The supported options. Options with only one supported value are literals. */
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
  /** One entry for each call of the layer. Each input is [layer, call, tensor, arguments]. */
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
 * Reads a model in TensorFlow.js's layers format with 8-bit quantized weights, up to the layer `until`. `bytes` are the weights of the
 * whole model, in the manifest's order: w = min + scale·q. Throws an error that names the layer on an unsupported kind or option.
 */
export function readKeras(topology: unknown, bytes: Uint8Array, until: string): KerasNet {
  const read = v.safeParse(model, topology);
  if (!read.success) throw new Error(`Keras: the model is not supported: ${v.summarize(read.issues)}`);
  const { modelTopology, weightsManifest } = read.output;
  const layers = dependenciesOf(until, modelTopology.model_config.config.layers).map(readLayer);

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
    throw new Error(`Keras: the manifest describes ${at} bytes of weights, but there are ${bytes.length}.`);
  return { layers, weights };
}

/** A weight of a layer, or undefined if the layer has none of this name. */
export function weightOf({ weights }: KerasNet, layer: string, name: string): Float32Array | undefined {
  return weights.get(`${layer}/${name}`)?.data;
}

/** A layer and all its dependencies, in the model's order. */
function dependenciesOf(until: string, layers: readonly SourceLayer[]): SourceLayer[] {
  const needed = new Set([until]);
  // The model's order is topological. Going backward, every layer that needs another one comes before it.
  for (const { config, inbound_nodes } of layers.toReversed())
    if (needed.has(config.name)) for (const [input] of inbound_nodes.flat()) needed.add(input);
  const kept = layers.filter(({ config }) => needed.has(config.name));
  const missing = [...needed].filter((name) => !kept.some(({ config }) => config.name === name));
  if (missing.length > 0) throw new Error(`Keras: the model has no layer ${missing.join(", ")}.`);
  return kept;
}

function readLayer({ class_name, config: options, inbound_nodes }: SourceLayer): KerasLayer {
  const { name } = options;
  if (inbound_nodes.length > 1)
    throw new Error(`Keras: the layer ${name} is used several times, which is not supported.`);
  const base = { name, inputs: inbound_nodes.flat().map(([input]) => input) };
  const as = <S extends v.GenericSchema>(schema: S): v.InferOutput<S> => {
    const read = v.safeParse(schema, options);
    if (read.success) return read.output;
    throw new Error(`Keras: the layer ${name} (${class_name}) is not supported: ${v.summarize(read.issues)}`);
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
      throw new Error(`Keras: the layer ${name} is a ${class_name}, which is not supported.`);
  }
}

function windowOf({ padding, strides }: { padding: "same" | "valid"; strides: [number, number] }): Window {
  return { padding: padding === "same" ? "SAME" : "VALID", strides };
}
