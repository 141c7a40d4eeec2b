import type { FeatureNet } from "../feature-nets.ts";
import { readBrowserified } from "./browserified.ts";
import { relativeDifference } from "./compare.ts";
import { convertKeras } from "./convert-keras.ts";
import { evaluateKeras } from "./evaluate-keras.ts";
import { exampleFaces } from "./example.ts";
import { type KerasNet, readKeras } from "./keras.ts";
import type { Model } from "./onnx.ts";
import { run } from "./run.ts";

/** Maximum difference of float32 from float64 with sums in another order. Measured over all layers: 7e-7. */
const TOLERANCE = 1e-4;

/** Converts the source's files, in the catalog's order, to ONNX. Weights stay float32, because the net is never deployed to a Worker. */
export function toFeatures(net: FeatureNet, files: readonly Uint8Array[]): Model {
  return convertKeras(readFeatures(net, files), { input: net.input.name, outputs: net.outputs });
}

/** Reads the source net, up to the last of its outputs. */
export function readFeatures({ source, outputs }: FeatureNet, files: readonly Uint8Array[]): KerasNet {
  const [topology, ...shards] = files.map((bytes, i) => readBrowserified(source.files[i]!.file, bytes));
  const weights = shards.map((shard, i) => {
    if (typeof shard === "string") return Buffer.from(shard, "base64");
    throw new Error(`${source.files[i + 1]!.file}: the module does not export a string.`);
  });
  return readKeras(topology, Buffer.concat(weights), outputs.at(-1)!);
}

/**
 * The largest difference of the outputs from a float64 evaluation of the source, relative to each output's largest number. Throws an
 * error that names the output if the difference is more than rounding. The picture has odd sides, so that borders are general cases.
 */
export async function compareFeatures(
  net: FeatureNet,
  files: readonly Uint8Array[],
  built: Uint8Array,
): Promise<number> {
  const [height, width] = [83, 91];
  const picture = exampleFaces({ ...net.input, height, width }, 1);
  const interleaved = Float64Array.from(picture.data, (_, at) => {
    const [channel, pixel] = [at % 3, Math.floor(at / 3)];
    return 2 * picture.data[channel * height * width + pixel]! - 1;
  });
  const expected = evaluateKeras(readFeatures(net, files), { shape: [1, height, width, 3], data: interleaved });
  const actual = await run(built, picture);
  const differences = net.outputs.map((name, i) => {
    const { shape, data } = expected.get(name)!;
    const [, rows = 0, columns = 0, channels = 0] = shape;
    const planes = Float64Array.from(data, (_, at) => {
      const [channel, pixel] = [Math.floor(at / (rows * columns)), at % (rows * columns)];
      return data[pixel * channels + channel]!;
    });
    const difference = relativeDifference(actual[i]!.data, planes);
    // Not `>`, so that NaN fails too.
    if (!(difference <= TOLERANCE))
      throw new Error(
        `${net.id}: the output ${name} of the built net differs from its source by ${difference}; the limit is ${TOLERANCE}.`,
      );
    return difference;
  });
  return Math.max(...differences);
}
