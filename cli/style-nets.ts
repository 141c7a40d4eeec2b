import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Manifest, readManifest } from "../container/style-net/manifest.ts";
import { sha256 } from "../models/importer/files.ts";
import { readBytes } from "./pictures.ts";
import { ROOT } from "./state.ts";
import { UserError } from "./user-error.ts";

/** The shipped styles, one folder for each. */
const STYLES = join(ROOT, "models/styles");

/** Reads a style by its name or its net's file. Throws a `UserError` if the net and the manifest do not belong together. */
export async function readStyle(name: string): Promise<{ folder: string; net: Uint8Array; manifest: Manifest }> {
  const file = isPath(name) ? resolve(name) : await fileOfStyle(name, "net.onnx", "the path of a net.onnx file");
  const folder = dirname(file);
  const net = await readBytes(file);
  const path = join(folder, "manifest.json");
  const text = new TextDecoder().decode(await readBytes(path));
  const read = readManifest(text);
  if ("error" in read) throw new UserError(`${path}: it is not the manifest of a style. ${read.error}`);
  if (sha256(net) !== read.manifest.net.sha256)
    throw new UserError(`${file}: it is not the net that ${path} describes. Use both files from the same training.`);
  return { folder, net, manifest: read.manifest };
}

/** The file of a painting: `name` is its path, or the name of a shipped style. Throws a `UserError` that names the styles. */
export const paintingFile = async (name: string): Promise<string> =>
  isPath(name) || existsSync(name) ? name : fileOfStyle(name, "painting.jpg", "the path of a picture");

/** Names of styles contain no dots and no slashes. */
const isPath = (name: string): boolean => /[\\/.]/.test(name);

async function fileOfStyle(name: string, file: string, alternative: string): Promise<string> {
  const styles = await shippedStyles();
  if (!styles.includes(name))
    throw new UserError(`There is no style ${name}. Use one of ${styles.join(", ")}, or ${alternative}.`);
  return join(STYLES, name, file);
}

/** The names of the shipped styles. */
export async function shippedStyles(): Promise<string[]> {
  const files = await readdir(STYLES, { recursive: true }).catch(() => []);
  return files.flatMap((file) => (basename(file) === "net.onnx" ? [dirname(file)] : [])).sort();
}
