import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { prepare } from "../../container/style-net/restyle.ts";
import type { Picture } from "../../imaging/picture.ts";
import { MODELS } from "../../models/catalog.ts";
import { FEATURE_NETS } from "../../models/feature-nets.ts";
import { BUILT } from "../../models/importer/files.ts";
import type { Model } from "../../models/importer/onnx.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { readWhole } from "../pictures.ts";
import { Refusal } from "../refusal.ts";
import { readStyle, shippedStyles } from "../style-nets.ts";

/** A net that takes pictures, and how it wants them. */
export interface PictureNet {
  name: string;
  model: Model;
  channels: "RGB" | "BGR";
  /** A value is (byte − mean) / scale. */
  mean: number;
  scale: number;
  /** The one size that it takes, if there is one. */
  size: { width: number; height: number } | undefined;
  /** It takes faces, turned and scaled to where its template has them. */
  alignedFaces: boolean;
  /** What is done to a picture before, at the net's size: a style takes photographs in its painting's colours. */
  prepare?: (picture: Picture) => Picture;
}

/** A net of the catalog or a shipped style by its name, or any ONNX file. Refuses others, and says which there are. */
export async function netNamed(name: string): Promise<PictureNet> {
  const entry = [...MODELS, ...FEATURE_NETS].find(({ id }) => id === name);
  if (entry) {
    const { channels, mean, scale } = entry.input;
    const file = join(BUILT, entry.file);
    const net = netIn(file, await readWhole(file));
    return { ...net, name, channels, mean, scale, alignedFaces: entry.role === "embedder" };
  }
  const styles = await shippedStyles();
  if (styles.includes(name) || isStyle(name)) return styleNet(name);
  if (name.endsWith(".onnx")) return netIn(name, await readWhole(name));
  throw new Refusal(
    `There is no net named ${name}. Known are ${[...MODELS, ...FEATURE_NETS].map(({ id }) => id).join(", ")}` +
      `${styles.length > 0 ? `, the styles ${styles.join(", ")}` : ""}, and any file whose name ends in .onnx.`,
  );
}

/** A net that train-style wrote has its manifest beside it. */
function isStyle(file: string): boolean {
  return basename(file) === "net.onnx" && existsSync(join(dirname(file), "manifest.json"));
}

async function styleNet(name: string): Promise<PictureNet> {
  const { net, manifest } = await readStyle(name);
  return { ...netIn(name, net), prepare: (picture) => prepare(picture, manifest.traits) };
}

/** Of a file nothing is known but what its graph says: its pictures are taken to be RGB in [0, 1]. */
function netIn(path: string, bytes: Uint8Array): PictureNet {
  const model = readModel(path, bytes);
  const constants = new Set(model.graph.initializers.map(({ name }) => name));
  const [input, ...others] = model.graph.inputs.filter(({ name }) => !constants.has(name));
  const [, channels, height, width] = input?.dims ?? [];
  if (!input || others.length > 0 || input.dims.length !== 4 || (typeof channels === "number" && channels !== 3))
    throw new Refusal(`${path}: the net must take one picture [N, 3, height, width] and nothing else.`);
  const size = typeof height === "number" && typeof width === "number" ? { width, height } : undefined;
  return { name: path, model, channels: "RGB", mean: 0, scale: 255, size, alignedFaces: false };
}

function readModel(path: string, bytes: Uint8Array): Model {
  try {
    return readOnnx(bytes);
  } catch (error) {
    throw new Refusal(`${path} is not read as an ONNX net: ${error instanceof Error ? error.message : error}`);
  }
}
