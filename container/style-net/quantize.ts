import type { Picture } from "../../imaging/picture.ts";
import { FLOAT, type Model, type Tensor } from "../../models/importer/onnx.ts";
import { quantizeTensor } from "../../models/importer/quantize.ts";
import { writeOnnx } from "../../models/importer/write-onnx.ts";
import { open } from "../engine/run.ts";
import { tensorOf } from "../style/statistics.ts";
import { allLayers, type Layer, type Operators, paint } from "./architecture.ts";
import { convolutionAttributes, exportNet, INPUT, movements, OUTPUT, type TrainedNet, writer } from "./export.ts";

/** Values in [least, most] have a byte of their own; others the nearest. Both include 0, which a byte must mean exactly. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Of each value that is quantized, by its name in the exported graph. */
export type Ranges = ReadonlyMap<string, Range>;

/** So many of a value's numbers lie within its range; the rest are cut off, for the few would coarsen the many. */
const WITHIN = 0.9999;
/** Every so many numbers are looked at. */
const STRIDE = 7;

/** Finds the ranges that the net's values have for these pictures, which are already in the painting's colours. */
export async function calibrate(net: TrainedNet, pictures: readonly Picture[]): Promise<Ranges> {
  const model = exportNet(net);
  const names = valuesOf(net);
  const outputs = names.map((name) => ({ name, elementType: FLOAT, dims: ["n", "c", "h", "w"] }));
  const session = await open(writeOnnx({ ...model, graph: { ...model.graph, outputs } }));
  const seen = new Map(names.map((name) => [name, [] as Float32Array[]]));
  for (const picture of pictures) {
    const found = await session.run({ [INPUT]: tensorOf(picture) });
    for (const name of names) seen.get(name)!.push(found[name]!.data.filter((_, i) => i % STRIDE === 0));
  }
  await session.release();
  return new Map(names.map((name) => [name, rangeOf(seen.get(name)!)]));
}

/** Every layer's result and every sum, but the picture itself, whose range is known. */
function valuesOf({ architecture }: TrainedNet): string[] {
  const layers = allLayers(architecture).filter(({ name }) => name !== "colours");
  return [...layers.map(({ name }) => name), ...Array.from({ length: architecture.blocks }, (_, i) => `sum${i}`)];
}

function rangeOf(samples: readonly Float32Array[]): Range {
  const sorted = new Float32Array(samples.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const sample of samples) {
    sorted.set(sample, at);
    at += sample.length;
  }
  sorted.sort();
  const quantile = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { least: Math.min(0, quantile(1 - WITHIN)), most: Math.max(1e-3, quantile(WITHIN)) };
}

/** A value as bytes q: (q − zero)·scale. */
interface Bytes {
  /** The value's name in the graph. */
  readonly name: string;
  readonly scale: number;
  /** Names of the constants. */
  readonly scaleName: string;
  readonly zeroName: string;
}

/** What a byte of a picture means, on both ends. */
const PICTURE: Range = { least: 0, most: 1 };

/**
 * The net on bytes: activations uint8, a scale a value; kernels int8, a scale an output channel; in ONNX's notation for it
 * (QuantizeLinear and DequantizeLinear around each operator), which onnxruntime turns into integer kernels. What moves
 * numbers about moves bytes. No node rectifies: what is below the range's 0 is cut off when it is quantized, as is what
 * lies outside [0, 1] at the exit.
 */
export function quantizeNet({ architecture, kernels }: TrainedNet, ranges: Ranges): Model {
  const graph = writer();
  const move = movements(graph);
  let sums = 0;

  const operators: Operators<Bytes> = {
    spaceToDepth: (x) => ({ ...x, name: move.spaceToDepth(x.name) }),
    depthToSpace: (x) => ({ ...x, name: move.depthToSpace(x.name) }),
    add(x, y) {
      const name = `sum${sums++}`;
      return quantized(
        graph.node("Add", [restored(x), restored(y, `${name}.`)], `${name}.real`),
        name,
        ranges.get(name)!,
      );
    },
    convolution(x, layer) {
      const padded = { ...x, name: move.mirrored(x.name) };
      const y = graph.node(
        "Conv",
        [restored(padded), ...weightsOf(layer, x.scale)],
        `${layer.name}.real`,
        convolutionAttributes(layer),
      );
      return quantized(y, layer.name, ranges.get(layer.name) ?? PICTURE);
    },
  };
  const painted = paint(quantized(INPUT, "bytes", PICTURE), architecture, operators);
  graph.node("DequantizeLinear", [painted.name, painted.scaleName, painted.zeroName], OUTPUT);
  return graph.model;

  function quantized(real: string, name: string, { least, most }: Range): Bytes {
    const scale = Math.fround((most - least) / 255);
    const scaleName = graph.constant(`${name}.scale`, [], Float32Array.of(scale));
    const zeroName = graph.constant(`${name}.zero`, [], Uint8Array.of(Math.round(-least / scale)));
    return { name: graph.node("QuantizeLinear", [real, scaleName, zeroName], name), scale, scaleName, zeroName };
  }

  /** Each use has a node of its own, or onnxruntime would not see that it and the operator belong together. */
  function restored({ name, scaleName, zeroName }: Bytes, by = ""): string {
    return graph.node("DequantizeLinear", [name, scaleName, zeroName], `${by}${name}.restored`);
  }

  /** Names of the kernel and the bias; the bias in int32, in units of the products it is added to. */
  function weightsOf(layer: Layer, inputScale: number): [kernel: string, bias: string] {
    const { kernel, bias } = kernels.get(layer.name)!;
    const [q, scales] = quantizeTensor({ name: `${layer.name}.kernel`, dims: [...kernel.shape], data: kernel.data });
    const units = (scales.data as Float32Array).map((scale) => scale * inputScale);
    const rounded = Int32Array.from(bias.data, (b, i) => Math.round(b / units[i]!));
    return [
      dequantized(`${layer.name}.kernel`, q, scales),
      dequantized(
        `${layer.name}.bias`,
        { name: `${layer.name}.bias.q`, dims: [...bias.shape], data: rounded },
        { name: `${layer.name}.bias.scale`, dims: [...bias.shape], data: units },
      ),
    ];
  }

  function dequantized(name: string, q: Tensor, scales: Tensor): string {
    const inputs = [q, scales].map((tensor) => graph.constant(tensor.name, tensor.dims, tensor.data));
    return graph.node("DequantizeLinear", inputs, name, { axis: 0n });
  }
}
