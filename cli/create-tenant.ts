import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { D1Database } from "@cloudflare/workers-types";
import { Command } from "commander";
import { draftTenant, nameTaken } from "../workers/access/tenants.ts";
import { systemClock } from "../workers/platform/clock.ts";
import { openDatabase } from "../workers/platform/database.ts";
import { endBy, interruptible } from "./ending.ts";
import { openExplorer } from "./explorer.ts";
import { inlined } from "./inlined.ts";
import { Refusal } from "./refusal.ts";
import { answers } from "./server.ts";
import { stateFolder } from "./state.ts";
import { lockState, StateInUse } from "./state-lock.ts";
import { runWrangler } from "./wrangler.ts";

/** How long a program that uses the state folder has to start its server, or to end. */
const BUSY_LIMIT_MS = 60_000;

/**
 * Runs the statements in the database of this machine. A second process on its file would get SQLITE_BUSY, and so would the
 * server's requests: where a server runs, it runs the statements.
 */
async function runHere(statements: string[], signal: AbortSignal): Promise<void> {
  const state = stateFolder();
  for (const begun = Date.now(); ; await wait(200, undefined, { signal })) {
    try {
      const lock = await lockState(state, { signal });
      try {
        const here = ["DB", "--local", "--persist-to", state];
        await runWrangler(["d1", "migrations", "apply", ...here], { state, signal });
        return await execute(here, statements, { state, signal });
      } finally {
        lock.release();
      }
    } catch (error) {
      if (!(error instanceof StateInUse)) throw error;
      const url = error.holder?.url;
      if (url && (await answers(url))) return openExplorer(url).run(statements);
      if (Date.now() - begun > BUSY_LIMIT_MS) throw error;
    }
  }
}

/** Sends the statements as a file through wrangler. */
async function execute(where: string[], statements: string[], options: Parameters<typeof runWrangler>[1]) {
  const folder = mkdtempSync(join(tmpdir(), "semblance-"));
  try {
    const file = join(folder, "tenant.sql");
    writeFileSync(file, statements.join("\n"), { mode: 0o600 });
    await runWrangler(["d1", "execute", ...where, "--yes", "--file", file], options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const program = new Command("npm run create-tenant --")
  .description("Makes a tenant and prints its first API key, which has the scope ADMIN. The key is shown this once.")
  .requiredOption("--name <name>", "what to call it: 1 to 200 characters, unique")
  .option("--remote", "in the deployed database (wrangler must be logged in) instead of this machine's")
  .addHelpText(
    "after",
    "\nSEMBLANCE_STATE (.semblance/state) says where this machine's database is. A server may run on it meanwhile.",
  )
  .parse();
const { name, remote } = program.opts<{ name: string; remote?: boolean }>();

const signal = interruptible();
try {
  const wanted = name.trim();
  if (wanted.length < 1 || wanted.length > 200) throw new Refusal("The name must have 1 to 200 characters.");
  // It builds statements and sends none, so it needs no database behind it.
  const builder = openDatabase({} as D1Database);
  const { tenant, token, statements } = await draftTenant(builder, wanted, systemClock());
  const sql = statements.map(inlined);
  try {
    await (remote ? execute(["DB", "--remote"], sql, { signal }) : runHere(sql, signal));
  } catch (error) {
    const taken = error instanceof Error && /UNIQUE constraint failed: tenants\.name/i.test(error.message);
    throw taken ? new Refusal(nameTaken(wanted).message) : error;
  }
  console.log(`tenant ${tenant.id} ${tenant.name}\nkey    ${token}`);
} catch (error) {
  endBy(error, program);
}
