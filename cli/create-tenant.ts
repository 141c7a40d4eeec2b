import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { createTenant, draftTenant, nameTaken, type Tenant } from "../workers/access/tenants.ts";
import { systemClock } from "../workers/platform/clock.ts";
import { inlined } from "./inlined.ts";
import { openLocalDatabase } from "./local-database.ts";
import { stateFolder } from "./state.ts";
import { runWrangler } from "./wrangler.ts";

interface Created {
  tenant: Tenant;
  token: string;
}

/** In the database of this machine. */
async function createHere(name: string): Promise<Created> {
  const state = stateFolder();
  await runWrangler(["d1", "migrations", "apply", "DB", "--local", "--persist-to", state]);
  const { db, close } = await openLocalDatabase(state);
  try {
    const outcome = await createTenant(db, name, systemClock);
    if (outcome.kind === "conflict") throw new Error(outcome.message);
    return outcome;
  } finally {
    await close();
  }
}

/** In the deployed database: the same statements, sent as SQL through wrangler, which is logged in. */
async function createThere(name: string): Promise<Created> {
  const { db, close } = await openLocalDatabase();
  const { tenant, token, statements } = await draftTenant(db, name, systemClock());
  await close();
  const folder = mkdtempSync(join(tmpdir(), "semblance-"));
  try {
    const file = join(folder, "tenant.sql");
    writeFileSync(file, statements.map(inlined).join("\n"));
    await runWrangler(["d1", "execute", "DB", "--remote", "--yes", "--file", file]);
  } catch (error) {
    if (error instanceof Error && /UNIQUE constraint failed: tenants\.name/i.test(error.message)) {
      throw new Error(nameTaken(name).message);
    }
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { tenant, token };
}

const { name, remote } = new Command("npm run create-tenant --")
  .description("Makes a tenant and prints its first API key, which has the scope ADMIN. The key is shown this once.")
  .requiredOption("--name <name>", "what to call it: 1 to 200 characters, unique")
  .option("--remote", "in the deployed database (wrangler must be logged in) instead of this machine's")
  .addHelpText("after", "\nSEMBLANCE_STATE (.semblance/state) says where this machine's database is.")
  .parse()
  .opts<{ name: string; remote?: boolean }>();

try {
  const wanted = name.trim();
  if (wanted.length < 1 || wanted.length > 200) throw new Error("The name must have 1 to 200 characters.");
  const { tenant, token } = await (remote ? createThere(wanted) : createHere(wanted));
  console.log(`tenant ${tenant.id} ${tenant.name}\nkey    ${token}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
