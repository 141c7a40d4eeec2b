import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { prepare } from "../../container/style-net/restyle.ts";
import type { Picture } from "../../imaging/picture.ts";
import { MODELS } from "../../models/catalog.ts";
import { FEATURE_NETS } from "../../models/feature-nets.ts";
import { BUILT } from "../../models/importer/files.ts";
import type { Model } from "../../models/importer/onnx.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { readBytes } from "../pictures.ts";
import { readStyle, shippedStyles } from "../style-nets.ts";
import { UserError } from "../user-error.ts";

/** A net that takes pictures, and its input format. */
export interface PictureNet {
  name: string;
  model: Model;
  channels: "RGB" | "BGR";
  /** An input value is (byte − mean) / scale. */
  mean: number;
  scale: number;
  /** The fixed input size. undefined if the net takes any size. */
  size: { width: number; height: number } | undefined;
  /** Whether it takes aligned faces: rotated and scaled to the alignment template. */
  alignedFaces: boolean;
  /** Preprocessing of a picture at the net's size. A style net takes photographs in its painting's colors. */
  prepare?: (picture: Picture) => Picture;
}

/** Loads a net of the catalog or a shipped style by name, or any ONNX file. For other names, throws a `UserError` that lists them. */
export async function loadNet(name: string): Promise<PictureNet> {
  const entry = [...MODELS, ...FEATURE_NETS].find(({ id }) => id === name);
  if (entry) {
    const { channels, mean, scale } = entry.input;
    const file = join(BUILT, entry.file);
    const net = onnxNet(file, await readBytes(file));
    return { ...net, name, channels, mean, scale, alignedFaces: entry.role === "embedder" };
  }
  const styles = await shippedStyles();
  if (styles.includes(name) || isStyleNet(name)) return styleNet(name);
  if (name.endsWith(".onnx")) return onnxNet(name, await readBytes(name));
  throw new UserError(
    `There is no net named ${name}. Use one of ${[...MODELS, ...FEATURE_NETS].map(({ id }) => id).join(", ")}` +
      `${styles.length > 0 ? `, the styles ${styles.join(", ")}` : ""}, or the path of an .onnx file.`,
  );
}

/** A net that train-style wrote has its manifest in the same folder. */
function isStyleNet(file: string): boolean {
  return basename(file) === "net.onnx" && existsSync(join(dirname(file), "manifest.json"));
}

async function styleNet(name: string): Promise<PictureNet> {
  const { net, manifest } = await readStyle(name);
  return { ...onnxNet(name, net), prepare: (picture) => prepare(picture, manifest.traits) };
}

/** Loads an ONNX file. The file does not describe its input format, so RGB in [0, 1] is assumed. */
function onnxNet(path: string, bytes: Uint8Array): PictureNet {
  const model = readModel(path, bytes);
  const constants = new Set(model.graph.initializers.map(({ name }) => name));
  const [input, ...others] = model.graph.inputs.filter(({ name }) => !constants.has(name));
  const [, channels, height, width] = input?.dims ?? [];
  if (!input || others.length > 0 || input.dims.length !== 4 || (typeof channels === "number" && channels !== 3))
    throw new UserError(`${path}: the net must take one picture [N, 3, height, width] and nothing else.`);
  const size = typeof height === "number" && typeof width === "number" ? { width, height } : undefined;
  return { name: path, model, channels: "RGB", mean: 0, scale: 255, size, alignedFaces: false };
}

function readModel(path: string, bytes: Uint8Array): Model {
  try {
    return readOnnx(bytes);
  } catch (error) {
    throw new UserError(`${path}: the ONNX net cannot be read. ${error instanceof Error ? error.message : error}`);
  }
}
