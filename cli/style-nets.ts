import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Manifest, readManifest } from "../container/style-net/manifest.ts";
import { sha256 } from "../models/importer/files.ts";
import { readWhole } from "./pictures.ts";
import { Refusal } from "./refusal.ts";
import { ROOT } from "./state.ts";

/** Trained styles that come with the product, each in a folder of its own. */
const STYLES = join(ROOT, "models/styles");

/** A style by its name or by its net's file, its net being the one that its manifest is of. */
export async function readStyle(name: string): Promise<{ folder: string; net: Uint8Array; manifest: Manifest }> {
  const file = /[\\/.]/.test(name) ? resolve(name) : join(STYLES, name, "net.onnx");
  const folder = dirname(file);
  const net = await readWhole(file);
  const path = join(folder, "manifest.json");
  const text = new TextDecoder().decode(await readWhole(path));
  const read = readManifest(text);
  if ("error" in read) throw new Refusal(`${path}: it is no manifest of a style. ${read.error}`);
  if (sha256(net) !== read.manifest.net.sha256)
    throw new Refusal(`${file}: it is not the net that ${path} is of. Take both from one training.`);
  return { folder, net, manifest: read.manifest };
}

/** The names of those whose nets are trained. */
export async function shippedStyles(): Promise<string[]> {
  const files = await readdir(STYLES, { recursive: true }).catch(() => []);
  return files.flatMap((file) => (basename(file) === "net.onnx" ? [dirname(file)] : [])).sort();
}
