import { convolve, slide, type Value } from "./evaluate-tflite.ts";
import { type KerasNet, weightOf } from "./keras.ts";

/**
 * Evaluates every layer for a picture [1, height, width, channels], scaled as the net's own input, by the definition of each layer in
 * float64. Max pooling takes averages, as in the converter. It is slow and independent of the converter, and folds nothing.
 */
export function evaluateKeras(net: KerasNet, picture: Value): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const layer of net.layers) {
    const [x, ...others] = layer.inputs.map((input) => values.get(input)!);
    const of = (name: string) => weightOf(net, layer.name, name);
    switch (layer.kind) {
      case "InputLayer":
        values.set(layer.name, picture);
        break;
      case "Conv2D": {
        const kernel = outputsFirst(net.weights.get(`${layer.name}/kernel`)!);
        const bias = Float64Array.from(of("bias") ?? new Float64Array(kernel.shape[0]!));
        values.set(layer.name, convolve(x!, kernel, { shape: [bias.length], data: bias }, layer.window));
        break;
      }
      case "BatchNormalization": {
        const [gamma, beta, mean, variance] = [of("gamma"), of("beta"), of("moving_mean")!, of("moving_variance")!];
        values.set(layer.name, {
          shape: x!.shape,
          data: x!.data.map((value, at) => {
            const k = at % mean.length;
            const normalized = (value - mean[k]!) / Math.sqrt(variance[k]! + layer.epsilon);
            return normalized * (gamma?.[k] ?? 1) + (beta?.[k] ?? 0);
          }),
        });
        break;
      }
      case "ReLU":
        values.set(layer.name, { shape: x!.shape, data: x!.data.map((value) => Math.max(value, 0)) });
        break;
      case "MaxPooling2D":
      case "AveragePooling2D": {
        const [n = 0, height = 0, width = 0, channels = 0] = x!.shape;
        const mean = (picture: number, top: number, left: number, k: number) => {
          let [sum, count] = [0, 0];
          for (let i = Math.max(top, 0); i < Math.min(top + layer.size[0], height); i++)
            for (let j = Math.max(left, 0); j < Math.min(left + layer.size[1], width); j++, count++)
              sum += x!.data[((picture * height + i) * width + j) * channels + k]!;
          return sum / count;
        };
        values.set(layer.name, slide(x!, layer.size, layer.window, mean, n));
        break;
      }
      case "Concatenate":
        values.set(layer.name, joined([x!, ...others]));
        break;
      default:
        layer satisfies never;
    }
  }
  return values;
}

/** [height, width, in, out] → [out, height, width, in] */
function outputsFirst({ shape, data }: { shape: readonly number[]; data: Float32Array }): Value {
  const out = shape[3]!;
  const rest = data.length / out;
  return {
    shape: [out, ...shape.slice(0, 3)],
    data: Float64Array.from(data, (_, at) => data[(at % rest) * out + Math.floor(at / rest)]!),
  };
}

/** Concatenates maps of the same size along their last dimension. */
function joined(maps: readonly Value[]): Value {
  const widths = maps.map(({ shape }) => shape[3]!);
  const width = widths.reduce((sum, each) => sum + each, 0);
  const data = new Float64Array(maps.reduce((sum, map) => sum + map.data.length, 0));
  let first = 0;
  for (const [i, map] of maps.entries()) {
    for (const [at, value] of map.data.entries())
      data[Math.floor(at / widths[i]!) * width + first + (at % widths[i]!)] = value;
    first += widths[i]!;
  }
  return { shape: [...maps[0]!.shape.slice(0, 3), width], data };
}
