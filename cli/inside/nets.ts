import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { MODELS } from "../../models/catalog.ts";
import { FEATURE_NETS } from "../../models/feature-nets.ts";
import { BUILT } from "../../models/importer/files.ts";
import type { Model } from "../../models/importer/onnx.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { readWhole } from "../pictures.ts";
import { Refusal } from "../refusal.ts";
import { ROOT } from "../state.ts";

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
}

/** Trained style nets that come with the product, by the name of their painting. */
const STYLES = resolve(ROOT, "models/styles");

/** A net of the catalog or a shipped style by its name, or any ONNX file. Refuses others, and says which there are. */
export async function netNamed(name: string): Promise<PictureNet> {
  const entry = [...MODELS, ...FEATURE_NETS].find(({ id }) => id === name);
  if (entry) {
    const { channels, mean, scale } = entry.input;
    const net = await netIn(join(BUILT, entry.file));
    return { ...net, name, channels, mean, scale, alignedFaces: entry.role === "embedder" };
  }
  const styles = await shippedStyles();
  if (styles.includes(name)) return { ...(await netIn(join(STYLES, name, "net.onnx"))), name };
  if (name.endsWith(".onnx")) return netIn(name);
  throw new Refusal(
    `There is no net named ${name}. Known are ${[...MODELS, ...FEATURE_NETS].map(({ id }) => id).join(", ")}` +
      `${styles.length > 0 ? `, the styles ${styles.join(", ")}` : ""}, and any file whose name ends in .onnx.`,
  );
}

/** Of a file nothing is known but what its graph says: its pictures are taken to be RGB in [0, 1]. */
async function netIn(path: string): Promise<PictureNet> {
  const model = readModel(path, await readWhole(path));
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

/** Each has a folder of its own. */
async function shippedStyles(): Promise<string[]> {
  const entries = await readdir(STYLES, { withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}
