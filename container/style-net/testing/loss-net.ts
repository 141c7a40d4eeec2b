import { randomNumbers } from "../../../imaging/random.ts";
import { relu } from "../../engine/arithmetic.ts";
import { build } from "../../engine/build.ts";
import { convolution } from "../../engine/convolution.ts";
import { averagePool } from "../../engine/pooling.ts";
import { constant, input, type Value } from "../../engine/value.ts";

/** An ONNX file of a tiny loss net with the real one's layers and random weights. A step takes milliseconds. */
export function smallLossNet(): Uint8Array {
  const random = randomNumbers(1);
  const layer = (x: Value, stride: number): Value => {
    const shape = [6, x.shape[1]!, 3, 3];
    const kernel = Float32Array.from({ length: 6 * x.shape[1]! * 9 }, () => 0.6 * (random() - 0.5));
    return relu(convolution(x, constant(kernel, shape), { strides: stride, pads: 1 }));
  };
  const activation_1 = layer(input("x", [1, 3, 80, 80]), 2);
  const activation_3 = layer(activation_1, 1);
  const activation_5 = layer(averagePool(activation_3, { size: [2, 2], strides: 2 }), 1);
  const mixed0 = layer(averagePool(activation_5, { size: [2, 2], strides: 2 }), 1);
  const mixed1 = layer(mixed0, 1);
  return build({ activation_1, activation_3, activation_5, mixed0, mixed1, mixed2: layer(mixed1, 1) });
}
