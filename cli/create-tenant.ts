import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { D1Database } from "@cloudflare/workers-types";
import { Command } from "commander";
import { draftTenant, nameTaken } from "../workers/access/tenants.ts";
import { systemClock } from "../workers/platform/clock.ts";
import { openDatabase } from "../workers/platform/database.ts";
import { exitWithError, interruptSignal } from "./exit.ts";
import { openExplorer } from "./explorer.ts";
import { inlined } from "./inlined.ts";
import { isHealthy } from "./server.ts";
import { stateFolder } from "./state.ts";
import { lockState, StateInUseError } from "./state-lock.ts";
import { UserError } from "./user-error.ts";
import { runWrangler } from "./wrangler.ts";

/** How long to wait for a program that holds the state folder's lock, until its server answers or it ends. */
const BUSY_LIMIT_MS = 60_000;

/**
 * Runs the statements in the local database. If a server runs, it executes them, because a second process on the database file
 * would cause SQLITE_BUSY errors in both.
 */
async function runLocally(statements: string[], signal: AbortSignal): Promise<void> {
  const state = stateFolder();
  for (const start = Date.now(); ; await wait(200, undefined, { signal })) {
    try {
      const lock = await lockState(state, { signal });
      try {
        const target = ["DB", "--local", "--persist-to", state];
        await runWrangler(["d1", "migrations", "apply", ...target], { state, signal });
        return await execute(target, statements, { state, signal });
      } finally {
        lock.release();
      }
    } catch (error) {
      if (!(error instanceof StateInUseError)) throw error;
      const url = error.holder?.url;
      if (url && (await isHealthy(url))) return openExplorer(url).run(statements);
      if (Date.now() - start > BUSY_LIMIT_MS) throw error;
    }
  }
}

/** Runs the statements with wrangler, as a file. */
async function execute(target: string[], statements: string[], options: Parameters<typeof runWrangler>[1]) {
  const folder = mkdtempSync(join(tmpdir(), "semblance-"));
  try {
    const file = join(folder, "tenant.sql");
    writeFileSync(file, statements.join("\n"), { mode: 0o600 });
    await runWrangler(["d1", "execute", ...target, "--yes", "--file", file], options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const program = new Command("npm run create-tenant --")
  .description("Creates a tenant and prints its first API key, which has the scope ADMIN. The key is shown only once.")
  .requiredOption("--name <name>", "name of the tenant: 1 to 200 characters, unique")
  .option("--remote", "use the deployed database instead of the local one (wrangler must be logged in)")
  .addHelpText(
    "after",
    `
Environment:
  SEMBLANCE_STATE  folder of the local database (default: .semblance/state). A server can be running on it.`,
  )
  .parse();
const { name, remote } = program.opts<{ name: string; remote?: boolean }>();

const signal = interruptSignal();
try {
  const trimmedName = name.trim();
  if (trimmedName.length < 1 || trimmedName.length > 200)
    throw new UserError(`The name has ${trimmedName.length} characters. Choose a --name with 1 to 200 characters.`);
  // It only builds statements, so it needs no database.
  const builder = openDatabase({} as D1Database);
  const { tenant, token, statements } = await draftTenant(builder, trimmedName, systemClock());
  const sql = statements.map(inlined);
  try {
    await (remote ? execute(["DB", "--remote"], sql, { signal }) : runLocally(sql, signal));
  } catch (error) {
    const isNameTaken = error instanceof Error && /UNIQUE constraint failed: tenants\.name/i.test(error.message);
    throw isNameTaken ? new UserError(nameTaken(trimmedName).message) : error;
  }
  console.log(`tenant ${tenant.id} ${tenant.name}\nkey    ${token}`);
} catch (error) {
  exitWithError(error, program);
}
